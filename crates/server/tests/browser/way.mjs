// What every way through the pages does: it shows a page to the reader, and goes on by keyboard.
import { accessible, browser, look, noSidewaysScroll } from "./tools.mjs";

/** Shows a page to the reader: it is sound, accessible, within the window, and a picture of it stays. */
export async function show(page, name, script) {
  await noSidewaysScroll(page, name);
  if (script) await accessible(page, name);
  await look(page, name);
}

/** Asks of a page that is read without script whether it is accessible: the same page, by the same person, where axe can run. */
export async function accessibleWithoutScript(page, name) {
  const storageState = await page.context().storageState();
  const context = await browser.newContext({ storageState, viewport: page.viewportSize() });
  const same = await context.newPage();
  await same.route("**/*.js", (route) => route.abort());
  await same.goto(page.url());
  await accessible(same, name);
  await context.close();
}

/** Follows a button or a link by keyboard, and waits for the page that comes. */
export async function press(page, selector) {
  await page.locator(selector).first().focus();
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}
