// A picture of every screen, light and dark, wide, narrow and huge, in screenshots/: npm run screenshots [-- screen …]
// With --readme the four that the README shows, or those of them that are named, are made anew instead.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { ask, batch, begin, card, furnish, key, pause } from './scene.mjs';
import { capitals, question } from './upstream.mjs';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const readme = process.argv.includes('--readme');
const wanted = process.argv.slice(2).filter((each) => each !== '--readme');
const shown = ['decision', 'expert', 'lab', 'playground'];

const questions = [
  'What is 17.5 % of 2,340 EUR?', 'How many km are 26.2 miles?', 'What weekday is 2026-12-24?', 'How many days until 24 December?',
  'I was charged twice this month. Which team handles that?', 'How do I start Consilium on another port?', 'What is the square root of 7,921?',
  'Convert 350 degrees Fahrenheit to Celsius', 'The app crashes when I export a report.', 'Who won the world cup in 1954?',
];

async function finished(scene, job) {
  for (let now = job; ; now = await scene.call('GET', '/v1/jobs/' + job.id)) {
    if (now.state === 'done') return;
    if (now.failure) throw new Error(now.failure);
    await pause(300);
  }
}

/** Asks until whoever is to answer has read what it needs. */
async function patiently(scene, text) {
  for (let i = 0; ; i++) {
    try {
      return await ask(scene, text);
    } catch (error) {
      if (i === 60 || !/: 503 /.test(error.message)) throw error;
      await pause(1000);
    }
  }
}

/** Enough on record that every screen has something to show. */
async function live(scene) {
  for (const text of questions) await patiently(scene, text);
  for (const [country] of capitals.slice(0, 24)) await ask(scene, question(country), country < 'B' ? 'round-table' : 'consilium/auto').catch(() => undefined);
  await finished(scene, await scene.call('POST', '/v1/experts/scout/interview', { budget_usd: 1 }));
  for (const policy of ['economy', 'balanced', 'quality', { policy: 'quality', exclude: ['sage'] }]) {
    await finished(scene, await scene.call('POST', '/v1/replays', { policy }));
  }
  const fitted = await scene.call('POST', '/v1/routers', {});
  await finished(scene, fitted);
  const { data } = await scene.call('GET', '/v1/routers');
  await scene.call('POST', `/v1/routers/${data[0].id}/promote`, {});
  for (const [country] of capitals.slice(24, 44)) await ask(scene, question(country), 'consilium/quality').catch(() => undefined);
  await scene.call('POST', '/v1/experts', { id: 'flaky', kind: 'llm', url: scene.upstream, model: 'flaky', description: 'A fake model that is out of order.' });
  for (let i = 0; i < 6; i++) await ask(scene, 'Are you there?', 'flaky').catch(() => undefined);
  for (const [role, name] of [['user', 'web shop'], ['operator', 'Olga'], ['viewer', 'Vera']]) await key(scene, role, name);
  await ask(scene, question('Oman'), 'sage');
  await scene.call('POST', '/v1/forget', { question: question('Oman') });
  for (const [subject, text] of [
    ['support hours', 'Support answers from 8 to 18 on working days.'],
    ['refunds', 'Refunds are paid within five working days, to the card that was charged.'],
    ['support hours', 'Support answers from 9 to 17 on working days, and not at all between Christmas and New Year.'],
    ['price list', 'The price list of January holds until the end of March.'],
  ]) {
    await scene.call('POST', '/v1/memory', { subject, text, ...(subject === 'price list' ? { until: '2027-03-31T22:00:00Z' } : {}) });
  }
  await batch(scene, 'sage', capitals.slice(0, 30).map(([country]) => question(country)));
  await scene.call('POST', '/v1/experts', card(scene, 'snail'));
  await batch(scene, 'snail', Array.from({ length: 400 }, (_, i) => `Question ${i}?`));
  await ask(scene, question('Chile'), 'round-table');
  await pause(1000);
}

const scene = await begin();
const browser = await launch();
try {
  await furnish(scene);
  await live(scene);
  const { data } = await scene.call('GET', '/v1/decisions?model=round-table');
  const screens = {
    overview: '#/overview?range=15m',
    decisions: '#/decisions',
    decision: `#/decisions/${data[0].id}`,
    experts: '#/experts',
    expert: '#/experts/scout',
    card: '#/experts/scout?edit=yes',
    lab: '#/lab',
    routers: '#/routers',
    playground: '#/playground?model=round-table&q=' + encodeURIComponent(question('Chile')),
    batches: '#/batches',
    memory: '#/memory?all=true',
    forget: '#/memory?tab=forget',
    tools: '#/tools?q=convert+miles+to+kilometres',
    workers: '#/workers',
    keys: '#/access',
    spend: '#/access?tab=spend',
    audit: '#/access?tab=audit',
  };
  const sizes = readme ? { wide: { width: 1280, height: 860 } } : { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 }, huge: { width: 3840, height: 2160 } };
  mkdirSync(readme ? images : folder, { recursive: true });
  for (const colorScheme of readme ? ['light'] : ['light', 'dark']) {
    for (const [size, viewport] of Object.entries(sizes)) {
      const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
      const page = await context.newPage();
      for (const [name, hash] of Object.entries(screens)) {
        if ((readme && !shown.includes(name)) || (wanted.length > 0 && !wanted.includes(name))) continue;
        await page.goto('about:blank');
        await page.goto(`${scene.url}/${hash}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForFunction(() => !document.querySelector('.waiting'));
        if (name === 'playground') {
          await page.getByText('Ask side by side').click();
          for (const expert of ['sage', 'sprinter']) await page.locator('details').first().getByRole('button', { name: expert, exact: true }).click();
          await page.getByRole('button', { name: 'Ask', exact: true }).click();
          await page.getByText('Who contributed').waitFor();
        }
        await pause(300);
        await page.screenshot(
          readme ? { path: `${images}console-${name}.png` } : { path: `${folder}${name}-${colorScheme}-${size}.png`, fullPage: name !== 'card' },
        );
      }
      await context.close();
    }
  }
  console.log(`The pictures are in ${readme ? images : folder}`);
} finally {
  await browser.close();
  await scene.stop();
}
