// Serves a built site as a static host would: MIME types, compression, validators, cross-origin isolation.
// Plain Node, no dependencies; `./dev serve` runs it as a program, the browser tests import `startServer`.
//
//   node server.mjs [--root dist] [--port 8080] [--base /]
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import zlib from 'node:zlib';

const MIME_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const COMPRESSIBLE = /^(text\/|application\/(json|jsonl|wasm|manifest\+json)|image\/svg)/;
/** Below this a compressed answer saves no packet. */
const COMPRESS_FROM_BYTES = 1024;

// With these the page is cross-origin isolated, as hosts that allow it would have it.
const SECURITY_HEADERS = {
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

const ENCODERS = {
  // Quality 5 takes a second or two for the largest module; 11 would take most of a minute.
  br: (bytes) =>
    promisify(zlib.brotliCompress)(bytes, {
      params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes) => promisify(zlib.gzip)(bytes, { level: 6 }),
};

/**
 * Starts serving `root` under `base` and resolves once it answers.
 * Port 0 takes a free one. Compressed bodies are made on first use and kept.
 */
export async function startServer({ root, port = 0, base = '/' }) {
  const site = { root: resolve(root), base: normalizeBase(base), compressed: new Map() };
  const server = createServer((request, response) => {
    answer(site, request, response).catch((error) => fail(response, error));
  });
  await new Promise((ready, refuse) => server.once('error', refuse).listen(port, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}${site.base}`,
    warmUp: () => compressAhead(site),
    close: () => new Promise((closed) => (server.closeAllConnections(), server.close(closed))),
  };
}

async function answer(site, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plain(response, 405, 'Only GET and HEAD are served here.', { allow: 'GET, HEAD' });
  }
  const url = new URL(`http://localhost${request.url}`);
  if (`${url.pathname}/` === site.base) {
    return plain(response, 301, 'Moved.', { location: site.base + url.search });
  }
  const file = await findFile(site, url.pathname);
  if (!file) return plain(response, 404, `Nothing is at ${url.pathname}`);

  const encoding = chooseEncoding(file, request.headers['accept-encoding']);
  const headers = headersFor(file, encoding, url);
  if (isFresh(request.headers['if-none-match'], headers.etag)) {
    return response.writeHead(304, headers).end();
  }
  if (encoding) return sendBytes(request, response, headers, await compress(site, file, encoding));
  return sendFile(request, response, headers, file);
}

/** The file a path names, or null: outside the site, missing, or not a file. */
async function findFile(site, pathname) {
  if (!pathname.startsWith(site.base)) return null;
  let relative;
  try {
    relative = decodeURIComponent(pathname.slice(site.base.length));
  } catch {
    return null;
  }
  if (relative === '' || relative.endsWith('/')) relative += 'index.html';
  const path = resolve(site.root, `./${relative}`);
  if (relative.includes('\0') || !path.startsWith(site.root + sep)) return null;
  return describe(path);
}

/** What the headers need to know of a file; `version` changes whenever its content does. */
async function describe(path) {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return null;
  const mime = MIME_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  return { path, mime, bytes: info.size, version: `${info.size.toString(36)}-${Math.floor(info.mtimeMs).toString(36)}` };
}

function headersFor(file, encoding, url) {
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': file.mime,
    'cache-control': cacheControl(file, url),
    etag: `"${file.version}${encoding ? `-${encoding}` : ''}"`,
  };
  if (isCompressible(file)) headers.vary = 'accept-encoding';
  if (encoding) headers['content-encoding'] = encoding;
  return headers;
}

/** A name that holds a hash, or a `?v=` of the build, never changes its content; all else is asked for again. */
function cacheControl(file, url) {
  if (file.mime.startsWith('text/html')) return 'no-cache';
  const isVersioned = url.searchParams.has('v') || /-[0-9a-f]{16}(_bg)?\.\w+$/.test(file.path);
  return isVersioned ? 'public, max-age=31536000, immutable' : 'public, max-age=0, must-revalidate';
}

function isCompressible(file) {
  return file.bytes >= COMPRESS_FROM_BYTES && COMPRESSIBLE.test(file.mime);
}

function chooseEncoding(file, accepted = '') {
  if (!isCompressible(file)) return null;
  const offers = accepted.split(',').map((offer) => offer.trim().split(/\s*;\s*/));
  const takes = (name) => offers.some(([offer, weight]) => offer === name && !/^q=0(\.0*)?$/.test(weight ?? ''));
  return Object.keys(ENCODERS).find(takes) ?? null;
}

function isFresh(ifNoneMatch = '', etag) {
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Concurrent askers share one compression; a rebuilt file has another version, hence another entry. */
function compress(site, file, encoding) {
  const key = `${file.path} ${file.version} ${encoding}`;
  if (!site.compressed.has(key)) {
    const body = readFile(file.path).then(ENCODERS[encoding]);
    body.catch(() => site.compressed.delete(key));
    site.compressed.set(key, body);
  }
  return site.compressed.get(key);
}

/** Compresses the WebAssembly modules before anyone asks, one at a time. */
async function compressAhead(site) {
  const names = await readdir(site.root, { recursive: true }).catch(() => []);
  for (const name of names.filter((name) => name.endsWith('.wasm'))) {
    const file = await describe(join(site.root, name));
    if (file && isCompressible(file)) await compress(site, file, 'br').catch(() => {});
  }
}

function sendBytes(request, response, headers, body) {
  response.writeHead(200, { ...headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function sendFile(request, response, headers, file) {
  response.writeHead(200, { ...headers, 'content-length': file.bytes });
  if (request.method === 'HEAD' || file.bytes === 0) return response.end();
  await pipeline(createReadStream(file.path, { end: file.bytes - 1 }), response);
}

function plain(response, status, text, headers = {}) {
  response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
}

function fail(response, error) {
  if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') return; // the reader left
  console.error(error);
  if (response.headersSent) response.destroy();
  else plain(response, 500, 'The server failed; its terminal says why.');
}

function normalizeBase(base) {
  const inner = base.replace(/^\/+|\/+$/g, '');
  return inner ? `/${inner}/` : '/';
}

async function main() {
  const { values } = parseArgs({
    options: {
      root: { type: 'string', default: fileURLToPath(new URL('../../dist', import.meta.url)) },
      port: { type: 'string', default: '8080' },
      base: { type: 'string', default: '/' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port}: not a port number`);
  const site = await startServer({ root: values.root, port, base: values.base }).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken; choose another: ./dev serve --port ${port + 1}`);
  });
  console.log(`Warmup is at ${site.url}  (Ctrl-C ends it)`);
  await site.warmUp();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
