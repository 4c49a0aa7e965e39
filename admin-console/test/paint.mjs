// How long screens of a running service take to appear: node test/paint.mjs URL; one JSON line per measure.
import { launch } from './browser.mjs';

const [url, rounds = '5'] = process.argv.slice(2);
const browser = await launch();

const PATIENCE = 60_000; // a screen that takes longer is said to have shown nothing

const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Opens a screen anew, `rounds` times, and says when it was first painted, and when it showed what it is for. */
async function screen(name, hash, shows, then) {
  const paints = [];
  const wholes = [];
  let bytes = 0;
  let late = false;
  for (let i = 0; i < Number(rounds) && !late; i++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const began = Date.now();
    await page.goto(url + '/#/' + hash);
    late = !(await shows(page).first().waitFor({ timeout: PATIENCE }).then(() => true, () => false));
    wholes.push(Date.now() - began);
    paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0));
    bytes = await page.evaluate(() =>
      performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.js')).reduce((sum, entry) => sum + entry.encodedBodySize, 0));
    if (then && i === 0 && !late) await then(page);
    await context.close();
  }
  say({ screen: name, paint_ms: middle(paints), ...(late ? {} : { whole_ms: middle(wholes) }), script_bytes: bytes });
}

/** Does something on an open page and says how long it took to show. */
async function step(page, name, act, shows) {
  const began = Date.now();
  await act();
  await shows().waitFor({ timeout: PATIENCE });
  say({ screen: name, whole_ms: Date.now() - began });
}

const say = (line) => console.log(JSON.stringify(line));

const decisions = (page) => page.locator('main tbody tr a');
const more = (page) => page.getByRole('button', { name: /older|more/i });

await screen('overview, 24 hours', 'overview?range=24h', (page) => page.getByText('Time to an answer'));
await screen('overview, 30 days', 'overview?range=30d', (page) => page.getByText('Time to an answer'));
await screen('decisions', 'decisions', decisions, async (page) => {
  const shown = await decisions(page).count();
  await step(page, 'decisions, the next page', () => more(page).click(), () => decisions(page).nth(shown));
  await step(page, 'one decision', () => decisions(page).first().click(), () => page.getByRole('heading', { name: /forecasts/i }));
});
await screen('decisions of one expert', 'decisions?expert=calculator', decisions);
await screen('decisions that failed', 'decisions?failed=true', (page) => page.locator('main tbody tr a, .empty'));
await screen('decisions that say a word', 'decisions?q=invoice', decisions);
await screen('decisions that say a word none says', 'decisions?q=zyzzyva', (page) => page.locator('.empty'));
await screen('experts', 'experts', (page) => page.locator('main tbody tr a'));
await screen('experts found by a word', 'experts?q=calculator', (page) => page.locator('main tbody tr a'));
await screen('one expert', 'experts/calculator', (page) => page.getByRole('heading', { name: 'calculator' }));
await screen('access', 'access', (page) => page.locator('main tbody tr'));
await browser.close();
