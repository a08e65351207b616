// What every browser test needs: a browser, pages that report what a reader would not see, and a count of what held.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const [base, out] = process.argv.slice(2);
if (!base || !out) throw new Error("usage: node TEST.mjs ADDRESS OUT-FOLDER");
mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The widths of a desk and of a telephone. */
export const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let assertions = 0;
const failures = [];
export function check(holds, what) {
  assertions += 1;
  if (!holds) {
    failures.push(what);
    console.error(`FAILED ${what}`);
  }
}

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

/** Says where the test is, so that a slow one is seen to move. */
const begun = Date.now();
export function say(what) {
  console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${what}`);
}

/** Looks in as the invented person of a role, as a visitor of the demo does: by a button of the sign-in page. */
export async function lookIn(context, role) {
  const page = await context.newPage();
  await page.goto("/sign-in");
  await Promise.all([page.waitForNavigation(), page.click(`button[name='role'][value='${role}']`)]);
  check(new URL(page.url()).pathname === "/", `looking in as ${role} leads to the first page, not ${page.url()}`);
  // Chromium may wait for ever when a page is closed that is still being drawn; its context closes it in the end.
}

/** A context whose pages report what a reader would not see: refused loads, errors, foreign requests. */
export async function open(options, role = "centre-staff") {
  const context = await browser.newContext({ baseURL: base, ...options });
  const origin = new URL(base).origin;
  context.on("console", (message) => {
    const refusal = ["error", "warning"].includes(message.type());
    const expected = /status of (4\d\d|501)/.test(message.text());
    check(!refusal || expected, `console of ${message.page()?.url()}: ${message.text()}`);
  });
  context.on("request", (request) => {
    check(request.url().startsWith(origin), `a request to ${request.url()}`);
  });
  context.on("weberror", (error) => check(false, `script: ${error.error()}`));
  if (role) await lookIn(context, role);
  return context;
}

export async function noSidewaysScroll(page, name) {
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
  check(wide <= 0, `${name}: ${wide} px wider than the window`);
}

export async function accessible(page, name) {
  await page.evaluate(axe);
  const outcome = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  check(outcome.violations.length === 0, `${name}: ${outcome.violations
    .map((each) => `${each.id} (${each.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")})`).join(", ")}`);
}

export async function look(page, name) {
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
}

/** Closes the browser and ends the program by what held. */
export async function finish() {
  await browser.close();
  console.log(`${assertions} assertions, ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}
