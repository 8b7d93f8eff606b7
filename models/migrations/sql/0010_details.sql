-- What is kept of a client and of a contact besides names: addresses, phones, insurance and the like.
SELECT 1;
