// How large a file is, as the server says it of files and limits (models/files/room.py: spoken).
const MB = 1024 ** 2
const GB = 1024 ** 3

export function size(bytes) {
  if (bytes >= MB) return bytes >= GB ? `${rounded(bytes / GB)} GB` : `${rounded(bytes / MB)} MB`
  return `${bytes && Math.max(1, Math.round(bytes / 1024))} KB`
}

function rounded(number) { return number.toFixed(1).replace(/\.0$/, "") }
