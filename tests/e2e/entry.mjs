// index.html as the site has it: `trunk`'s line gives way to the page's own modules, which the browser fetches side by side.
//
//   node entry.mjs INDEX FOLDER > OUT
import { readFile } from 'node:fs/promises';

const [index, folder] = process.argv.slice(2);
const TRUNKS_LINE = /^ *<link data-trunk rel="rust".*$/m;

const entry = `    <link rel="modulepreload" href="${folder}/app.js">
    <link rel="preload" href="${folder}/app_bg.wasm" as="fetch" type="application/wasm" crossorigin>
    <script type="module">
      import init from "./${folder}/app.js";
      await init();
    </script>`;

const html = await readFile(index, 'utf8');
if (!TRUNKS_LINE.test(html)) throw new Error(`${index} has no line <link data-trunk rel="rust" …> to put the page's modules in`);
process.stdout.write(html.replace(TRUNKS_LINE, entry));
