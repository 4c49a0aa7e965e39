// Debian's Chromium, driven by Playwright's library; nothing is downloaded.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? places.find(existsSync);
  if (!executablePath) throw new Error("no Chromium was found: 'apt-get install chromium', or set CHROMIUM to its path");
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', // tests run as root in containers, on pages of our own only
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}
