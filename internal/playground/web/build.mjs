// Builds the page into ../dist: one script and one style sheet whose names
// carry their content hash, the page that refers to them, and the licenses of
// what went in.
import { build } from 'esbuild';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const web = import.meta.dirname;
const dist = path.join(web, '..', 'dist');

// GraphiQL's style sheet carries some 300 kB of web fonts. The page uses the
// reader's own.
const withoutFonts = {
  name: 'without-fonts',
  setup(b) {
    b.onLoad({ filter: /\.css$/ }, async ({ path: file }) => ({
      loader: 'css',
      contents: (await readFile(file, 'utf8')).replace(/@font-face\s*\{[^}]*\}/g, ''),
    }));
  },
};

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: web,
  entryPoints: { playground: 'src/main.jsx' },
  entryNames: '[name]-[hash]',
  outdir: path.join(dist, 'assets'),
  bundle: true,
  minify: true,
  metafile: true,
  format: 'esm',
  jsx: 'automatic',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.USE_IMPORT': '"true"' },
  plugins: [withoutFonts],
});

await writeFile(path.join(dist, 'index.html'), await page());
await writeFile(path.join(dist, 'licenses.txt'), await licenses());

async function page() {
  const names = Object.keys(metafile.outputs).map(name => path.basename(name));
  const template = await readFile(path.join(web, 'src', 'index.html'), 'utf8');
  return template
    .replace('{{script}}', names.find(name => name.endsWith('.js')))
    .replace('{{style}}', names.find(name => name.endsWith('.css')));
}

async function licenses() {
  const parts = [];
  for (const dir of packages()) {
    const { name, version, license, author } = JSON.parse(await readFile(path.join(dir, 'package.json'), 'utf8'));
    const text = await licenseText(dir) ?? `The package carries no license text. By ${author?.name ?? author ?? 'its contributors'}.`;
    parts.push(`${name} ${version} (${license})\n\n${text}`);
  }
  return parts.join(`\n\n${'-'.repeat(78)}\n\n`) + '\n';
}

// packages answers the directories of the packages that are in the bundle, in
// the order of their names.
function packages() {
  const inside = Object.values(metafile.outputs)
    .flatMap(output => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
    .filter(Boolean);
  return [...new Set(inside)].sort().map(dir => path.join(web, dir));
}

async function licenseText(dir) {
  const file = (await readdir(dir)).find(name => /^licen[cs]e/i.test(name));
  return file ? (await readFile(path.join(dir, file), 'utf8')).trim() : undefined;
}
