// node unpack.mjs <folder of .br files> <folder for what is inside>: Python has no brotli of its own, Node has.
import { createReadStream, createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [packed, home] = process.argv.slice(2);
const files = (await readdir(packed)).filter((name) => name.endsWith(".br"));
await Promise.all(files.map((name) =>
  pipeline(createReadStream(join(packed, name)), createBrotliDecompress(),
    createWriteStream(join(home, basename(name, ".br"))))));
