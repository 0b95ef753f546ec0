// Drives one scene in a browser and prints what was seen as JSON.
// usage: node drive.mjs scene url chromium [folder for screenshots]
import path from 'node:path';
import { chromium } from 'playwright-core';

const [scene, url, executablePath, shots] = process.argv.slice(2);
const host = new URL(url).host;
const lists = { failures: [], console: [], foreign: [] };
const seen = {};

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});

// watched opens a page that lists what goes wrong on it. An answer of 429 is
// part of a scene, and the browser logs it as an error.
async function watched(colorScheme) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, colorScheme });
  page.on('request', request => {
    const to = new URL(request.url());
    if (to.protocol !== 'data:' && to.host !== host) lists.foreign.push(request.url());
  });
  page.on('websocket', socket => {
    if (new URL(socket.url()).host !== host) lists.foreign.push(socket.url());
  });
  page.on('requestfailed', request => lists.failures.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', response => {
    if (response.status() >= 400 && response.status() !== 429) lists.failures.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', err => lists.console.push(String(err)));
  page.on('console', message => {
    const expected = message.text().includes('429');
    if (['error', 'warning'].includes(message.type()) && !expected) lists.console.push(message.text());
  });
  page.setDefaultTimeout(8_000);
  await page.goto(`${url}/playground`);
  await page.locator('#bar h1').waitFor();
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
  return page;
}

const shoot = (page, name) => (shots ? page.screenshot({ animations: 'disabled', path: path.join(shots, `${name}.png`) }) : undefined);
const text = async locator => (await locator.innerText()).replace(/\s+/g, ' ').trim();
const headers = page => page.evaluate(() => [...document.querySelectorAll('.graphiql-editor-tool .CodeMirror')]
  .map(element => element.CodeMirror.getValue()).find(value => value.includes('Authorization')) ?? '');
const response = page => text(page.locator('.graphiql-response .result-window'));
const kind = page => page.locator('[role=radio][aria-checked=true]').getAttribute('data-kind');
const run = page => page.locator('.graphiql-execute-button').click();
const open = (page, slug) => page.locator(`[data-example="${slug}"]`).click();

async function demo() {
  const page = await watched('light');
  seen.tenant = await page.locator('#bar select').inputValue();
  seen.identity = await kind(page);
  seen.bar = await text(page.locator('.token'));
  await shoot(page, 'first');

  await open(page, 'upcoming-classes');
  seen['example tab'] = await text(page.locator('.graphiql-tab-active'));
  seen['example identity'] = await kind(page);
  seen['example headers'] = await headers(page);
  seen['example variables'] = await text(page.locator('section[aria-label=Variables]'));
  await run(page);
  await page.locator('.meter[data-state=answered]').waitFor();
  seen.requested = await text(page.locator('[data-cost=requested]'));
  seen.actual = await text(page.locator('[data-cost=actual]'));
  seen.maximum = await page.locator('[role=meter]').getAttribute('aria-valuemax');
  await page.getByText('Ballet II').waitFor();
  seen.response = await response(page);
  await shoot(page, 'answered');

  await open(page, 'throttled');
  await run(page);
  await page.locator('.meter[data-state=refused]').waitFor();
  seen.refused = await text(page.locator('.cost'));
  await shoot(page, 'refused');

  await open(page, 'enroll');
  await page.locator('#bar select').selectOption('Southbank Music');
  seen['other tenant'] = `${await kind(page)} ${(await headers(page)).match(/Bearer \w+/)}`;

  await open(page, 'follow');
  await run(page);
  await page.locator('.result-window').getByText('Enrolled by').waitFor();
  seen.subscription = await response(page);
  await shoot(page, 'subscription');

  await page.evaluate(() => [...document.querySelectorAll('.graphiql-editor-tool .CodeMirror')]
    .find(element => element.CodeMirror.getValue().includes('Authorization'))
    .CodeMirror.setValue('{"authorization": "Bearer sk_other_0123456789abcdef"}'));
  await page.locator('.token').getByText('A token of your own').waitFor();
  seen['unknown token'] = await text(page.locator('.token'));

  await page.waitForFunction(() => localStorage.getItem('graphiql:tabState')?.includes('Follow'));
  await page.reload();
  await page.locator('[role=radio][aria-checked=true]').waitFor();
  seen['tabs after load'] = await text(page.locator('.graphiql-tabs'));
  seen['stored tokens'] = await page.evaluate(() => Object.entries(localStorage).filter(([, value]) => /(ses|sk|pk)_/.test(value)).join(' '));
  await page.close();

  const dark = await watched('dark');
  await open(dark, 'upcoming-classes');
  await run(dark);
  await dark.getByText('Ballet II').waitFor();
  await shoot(dark, 'dark');
  await dark.setViewportSize({ width: 900, height: 700 });
  await shoot(dark, 'narrow');
}

async function production() {
  const page = await watched('light');
  await page.locator('#bar input').fill('sk_live_brought_along');
  seen.headers = await headers(page);
  await shoot(page, 'production');
  const [request] = await Promise.all([page.waitForRequest(`${url}/graphql`), run(page)]);
  seen.authorization = request.headers().authorization;
  await page.locator('.meter[data-state=answered]').waitFor();
}

try {
  await { demo, production }[scene]();
  process.stdout.write(JSON.stringify({ lists, seen }));
} catch (err) {
  for (const page of browser.contexts().flatMap(context => context.pages())) await shoot(page, `${scene}-failed`);
  console.error(err, lists, seen);
  process.exitCode = 1;
} finally {
  await browser.close();
}
