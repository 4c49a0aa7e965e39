// The real service with its bundled experts and some fake models, something on record, and a line that can be cut.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capitals, knows, models, question, startUpstream } from './upstream.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The newest service that was built. */
function jar() {
  const folder = join(root, 'orchestrator', 'target');
  const found = readdirSync(folder).find((name) => name.endsWith('-exec.jar'));
  if (!found) throw new Error('the service is not built: run ./consilium test, or mvn -Pfast -DskipTests package');
  return join(folder, found);
}

const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';

const freePort = () =>
  new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

export const pause = (millis) => new Promise((done) => setTimeout(done, millis));

/** A line to the service that can be cut and mended. */
async function line(port) {
  const open = new Set();
  let cut = false;
  const server = createServer((near) => {
    if (cut) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [a, b] of [[near, far], [far, near]]) {
      open.add(a);
      a.pipe(b);
      a.on('error', () => b.destroy());
      a.on('close', () => {
        open.delete(a);
        b.destroy();
      });
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      cut = true;
      open.forEach((socket) => socket.destroy());
    },
    mend: () => (cut = false),
    stop: () => {
      open.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}

export async function begin() {
  if (spawnSync(java, ['-version']).error) throw new Error('no Java was found: set JAVA_HOME to a JDK 25');
  const dist = join(root, 'admin-console', 'dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Error('the console is not built: npm run build');
  const upstream = await startUpstream();
  const pocket = await startUpstream(['pocket']);
  const home = mkdtempSync(join(tmpdir(), 'consilium-console-'));
  const changed = join(home, 'crm-changed');
  const crm = { command: [process.execPath, fileURLToPath(new URL('toolserver.mjs', import.meta.url)), changed], pin: true };
  writeFileSync(join(home, 'experts.yaml'), JSON.stringify({ mcp: { crm } }));
  const port = await freePort();
  // the bundled tools run in a process of their own, from jars that are files
  spawnSync(java, ['-Djarmode=tools', '-jar', jar(), 'extract', '--destination', join(home, 'app')], { stdio: 'ignore' });
  const service = spawn(
    java,
    ['--add-modules', 'jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED', '-XX:TieredStopAtLevel=1', '-Xmx768m', '-Dspring.aot.enabled=true',
      '-jar', join(home, 'app', basename(jar())), `--consilium.port=${port}`, `--consilium.home=${home}`, `--consilium.console=${dist}`, '--consilium.warm-up=0s',
      '--consilium.guard.retry.attempts=1', '--consilium.guard.breaker.minimum=4', '--consilium.worker.enabled=true',
      `--consilium.discovery.ports.vllm=${pocket.port}`, ...['ollama', 'lm-studio', 'llama-cpp'].map((name) => `--consilium.discovery.ports.${name}=1`)],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CONSILIUM_ADMIN_KEY: '', CONSILIUM_DB_URL: '', CONSILIUM_CONFIG: '' } },
  );
  let log = '';
  for (const stream of [service.stdout, service.stderr]) stream.on('data', (piece) => (log += piece));
  const direct = `http://127.0.0.1:${port}`;
  const wire = await line(port);
  const stop = async () => {
    const gone = new Promise((done) => service.once('exit', done));
    if (service.exitCode === null && service.kill('SIGTERM')) await gone;
    wire.stop();
    upstream.stop();
    pocket.stop();
    rmSync(home, { recursive: true, force: true });
  };
  const call = async (method, path, body) => {
    const response = await fetch(direct + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text.startsWith('{') ? JSON.parse(text) : text;
  };
  for (let i = 0; ; i++) {
    if (service.exitCode !== null || i > 1200) {
      await stop();
      throw new Error('the service did not start:\n' + log);
    }
    const ready = await fetch(direct + '/readyz').catch(() => undefined);
    if (ready?.ok) break;
    await pause(100);
  }
  return { url: wire.url, direct, cut: wire.cut, mend: wire.mend, stop, call, upstream: upstream.url, pocket: pocket.port, changeTool: () => writeFileSync(changed, ''), log: () => log };
}

export const card = (scene, id, more = {}) => ({
  id,
  kind: 'llm',
  url: scene.upstream,
  model: id,
  description: `Knows geography: capitals and countries of the world. A fake model called ${id}.`,
  skills: ['geography', 'capital of a country', 'countries of the world'],
  ...more,
});

const prices = { hermit: [1, 4], sage: [2.5, 10], scholar: [0.5, 1.5], scout: [0.1, 0.4], sprinter: [0.02, 0.05] };

/** Experts, outcomes on record (of strangers, too, who are not registered), and the panel of all of them. */
export async function furnish(scene, strangers = []) {
  for (const id of Object.keys(models)) {
    const [input, output] = prices[id];
    await scene.call('POST', '/v1/experts', card(scene, id, { price: { input, output } }));
  }
  await scene.call('POST', '/v1/experts', card(scene, 'markup', { description: 'Answers in HTML. A fake model.', skills: ['html'] }));
  await scene.call('POST', '/v1/experts', {
    id: 'round-table',
    kind: 'composition',
    description: 'A panel of everyone who knows capitals.',
    skills: ['geography'],
    plan: 'panel',
    members: Object.keys(models),
    aggregator: 'majority_vote',
    quorum: 3,
  });
  const judged = [...Object.keys(models).filter((model) => model !== 'scout'), ...strangers]; // scout is still to be interviewed
  const region = (country) => (country < 'D' ? 'A to C' : country < 'M' ? 'D to L' : 'M to Z');
  const outcomes = judged.flatMap((expert) =>
    capitals.map(([country, capital]) => ({
      question: question(country),
      expert,
      correct: knows(expert, country) ? 1 : 0,
      cost: (24 * prices[expert][0] + 2 * prices[expert][1]) / 1e6,
      category: region(country),
      right: capital,
      check: 'exact',
    })),
  );
  await scene.call('POST', '/v1/outcomes', outcomes);
}

export const ask = (scene, text, model = 'consilium/auto', more = {}) =>
  scene.call('POST', '/v1/chat/completions', { model, messages: [{ role: 'user', content: text }], ...more });

export const key = async (scene, role, name = role, more = {}) => (await scene.call('POST', '/v1/keys', { name, role, ...more })).key;

/** A batch of questions to one expert. */
export async function batch(scene, model, texts) {
  const lines = texts.map((text, i) =>
    JSON.stringify({ custom_id: `q${i}`, method: 'POST', url: '/v1/chat/completions', body: { model, messages: [{ role: 'user', content: text }] } }),
  );
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', new Blob([lines.join('\n') + '\n']), 'questions.jsonl');
  const response = await fetch(scene.direct + '/v1/files', { method: 'POST', body: form });
  const file = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(file));
  return scene.call('POST', '/v1/batches', { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '1h' });
}

export const read = (path) => readFileSync(join(root, path), 'utf8');
