// Builds static/vendor from node_modules: one ES module for each library, the fonts, and one sprite of icons.
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const target = join(root, "static", "vendor");
const draft = `${target}.making`;

const COMPONENTS = ["divider", "dropdown", "dropdown-item"];
const FONTS = ["@fontsource-variable/figtree", "@fontsource-variable/source-serif-4"];
// What typst draws PDFs with (server/pdf.py), which reads no woff2. Chinese, Japanese and Korean come with Python: there
// one file has all of them.
const SCRIPTS = [
  "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada",
  "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
];
const PRINTED = [
  "@expo-google-fonts/figtree/400Regular/Figtree_400Regular.ttf",
  "@expo-google-fonts/figtree/600SemiBold/Figtree_600SemiBold.ttf",
  "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
  ...SCRIPTS.map((name) => `@expo-google-fonts/noto-sans-${name.toLowerCase()}/400Regular/NotoSans${name}_400Regular.ttf`),
];
// Shows PDFs on pages, also where a browser has no viewer of its own. Outside browsers it wants a library for drawing,
// which weighs thirty megabytes: package.json gives it a small one in that place.
const SHOWN = ["pdf.min.mjs", "pdf.worker.min.mjs"];
const BUNDLES = {
  "socket.io.js": 'export { io } from "socket.io-client";',
  "idiomorph.js": 'export { Idiomorph } from "idiomorph";',
  "signature_pad.js": 'export { default as SignaturePad } from "signature_pad";',
  "re2.js": 'export { RE2JS } from "re2js";',
  "sortable.js": 'export { default as Sortable } from "sortablejs";',
  "fullcalendar.js": `export { Calendar } from "fullcalendar"
    export { default as dayGrid } from "fullcalendar/daygrid"
    export { default as timeGrid } from "fullcalendar/timegrid"
    export { default as list } from "fullcalendar/list"
    export { default as interaction } from "fullcalendar/interaction"
    export { default as theme } from "fullcalendar/themes/classic"`,
  "webawesome.js": COMPONENTS.map((name) => `import "@awesome.me/webawesome/dist/components/${name}/${name}.js";`).join("\n"),
};

const EMOJI = [
  [0, "Faces"], [1, "People"], [3, "Nature"], [4, "Food"], [5, "Places"], [6, "Activities"], [7, "Things"], [8, "Signs"],
];

// They fetch fonts from elsewhere, which the content security policy refuses.
const OTHER_THEMES = /themes\/(?!default\.css$)[^/]+\.css$/;

// A rule for a component that we do not use. It asks each element that is drawn for what stands in the whole page: a fifth
// of all time that a browser spent on styles.
const PAGE_RULE = /:is\(html, body\):has\(wa-page\) \{[^}]*\}/;

async function withoutPageRule() {
  const sheet = join(draft, "webawesome", "styles", "themes", "default.css");
  await writeFile(sheet, (await readFile(sheet, "utf8")).replace(PAGE_RULE, ""));
}

async function bundle([outfile, contents]) {
  await build({
    stdin: { contents, resolveDir: root },
    outfile: join(draft, outfile),
    bundle: true, format: "esm", platform: "browser", target: "es2022", minify: true, legalComments: "eof",
    logLevel: "error",
  });
}

// in a layer of its own, below ours: what the areas say of the calendar wins
async function calendarSheet() {
  const sheets = ["skeleton.css", "themes/classic/theme.css"].map((name) => readFile(join(modules, "fullcalendar", name), "utf8"));
  await writeFile(join(draft, "fullcalendar.css"), `@layer parts {\n${(await Promise.all(sheets)).join("\n")}\n}\n`);
}

async function fonts() {
  await mkdir(join(draft, "files"));
  const sheets = await Promise.all(FONTS.map(font));
  await writeFile(join(draft, "fonts.css"), sheets.join("\n"));
}

async function printedFonts() {
  await Promise.all(PRINTED.map((name) => cp(join(modules, name), join(draft, "printed", basename(name)))));
}

async function font(name) {
  const sheet = await readFile(join(modules, name, "index.css"), "utf8");
  const used = [...sheet.matchAll(/url\(\.\/(files\/[^)]+\.woff2)\)/g)].map((found) => found[1]);
  await Promise.all(used.map((file) => cp(join(modules, name, file), join(draft, file))));
  return sheet;
}

// [[group, [[emoji, name, "words that find it"]]]]: what most devices can show, in the order people know.
async function emoji() {
  const all = JSON.parse(await readFile(join(modules, "emoji-picker-element-data", "en", "cldr", "data.json"), "utf8"));
  const shown = all.filter((one) => one.version <= 14).sort((a, b) => a.order - b.order);
  const words = ({ annotation, tags }) => [annotation, ...(tags ?? []).filter((tag) => !annotation.includes(tag))].join(" ");
  const groups = EMOJI.map(([number, name]) => [name, shown.filter((one) => one.group === number).map((one) => [one.emoji, one.annotation, words(one)])]);
  await writeFile(join(draft, "emoji.json"), JSON.stringify(groups));
}

async function icons() {
  const names = (await readFile(join(root, "static", "icons.txt"), "utf8")).split("\n").map((n) => n.trim()).filter(Boolean);
  const symbols = await Promise.all(names.map(symbol));
  await writeFile(join(draft, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

// No stroke-width here: the page's CSS sets it, and an attribute of the symbol would win over that.
async function symbol(name) {
  const svg = await readFile(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8").catch(() => {
    throw new Error(`static/icons.txt names “${name}”, which lucide does not have: see its list of icons.`);
  });
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).trim().replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}

try {
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await Promise.all([
    ...Object.entries(BUNDLES).map(bundle),
    fonts(),
    printedFonts(),
    ...SHOWN.map((name) => cp(join(modules, "pdfjs-dist", "build", name), join(draft, "pdfjs", name.replace(".mjs", ".js")))),
    calendarSheet(),
    icons(),
    emoji(),
    cp(join(modules, "@awesome.me", "webawesome", "dist", "styles"), join(draft, "webawesome", "styles"), {
      recursive: true, filter: (path) => !path.endsWith(".ts") && !OTHER_THEMES.test(path),
    }).then(withoutPageRule),
    cp(join(modules, "axe-core", "axe.min.js"), join(draft, "axe.min.js")),
  ]);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target); // whole or not at all: a page never finds half of it
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
