// The weight of each WebAssembly module of a built site, one JSON line a module: as it is, and as a host sends it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

const names = (await readdir(DIST, { recursive: true })).filter((name) => name.endsWith('.wasm')).sort();
for (const name of names) {
  const bytes = await readFile(join(DIST, name));
  const [gzip, brotli] = await Promise.all([promisify(zlib.gzip)(bytes, { level: 9 }), brotli11(bytes)]);
  console.log(
    JSON.stringify({
      bench: 'size',
      module: name.replaceAll('\\', '/').replace(/-[0-9a-f]{16}/, ''),
      raw_bytes: bytes.length,
      gzip_bytes: gzip.length,
      brotli_bytes: brotli.length,
    }),
  );
}

function brotli11(bytes) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_LGWIN } = zlib.constants;
  return promisify(zlib.brotliCompress)(bytes, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length, [BROTLI_PARAM_LGWIN]: 24 },
  });
}
