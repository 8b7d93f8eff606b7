// Our own modules and style sheets, one file each, into static/built; inputs.json says what went in, by its SHA-256.
// Needs static/vendor. server/assets.py names the bundles only while every input still reads the same.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const fixed = join(root, "static");
const target = join(fixed, "built");
const draft = `${target}.making`;

// a bundle lies beside vendor/, wherever the sheet that named the font did
const fonts = {
  name: "fonts",
  setup(work) {
    work.onResolve({ filter: /\.woff2$/ }, ({ path }) => ({ path: `../vendor/files/${basename(path)}`, external: true }));
  },
};

async function bundled() {
  const made = await build({
    entryPoints: [join(fixed, "js", "app.js"), join(fixed, "css", "look.css")],
    outdir: draft, entryNames: "[name]", absWorkingDir: root,
    bundle: true, format: "esm", platform: "browser", target: "es2022", supported: { nesting: true },
    minify: true, legalComments: "eof", metafile: true, plugins: [fonts], logLevel: "error",
  });
  return Object.keys(made.metafile.inputs).filter((path) => path.startsWith("static/")).sort();
}

async function digests(paths) {
  const digest = async (path) => createHash("sha256").update(await readFile(join(root, path))).digest("hex");
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [relative("static", path), await digest(path)])));
}

try {
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const inputs = await digests(await bundled());
  await writeFile(join(draft, "inputs.json"), `${JSON.stringify(inputs, null, 1)}\n`);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target); // whole or not at all
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
