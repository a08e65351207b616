// A case CSV of the portal on its pages, by keyboard: chosen, previewed, thrown away, confirmed, contradicted and refused.
import { check, say } from "./tools.mjs";
import { accessibleWithoutScript, press, show } from "./way.mjs";

const IMPORT = "/cases/import";
const HEADER = "C.CAT調査結果.基本項目.施設ID,C.CAT調査結果.基本項目.登録ID,症例.基本情報.性別,症例.基本情報.年齢";
const words = {
  ja: { unwritten: "まだ何も書いていません", entered: "記入しました", refused: "このままでは取り込めません" },
  en: { unwritten: "Nothing is written yet", entered: "Entered", refused: "cannot be imported as it is" },
};

const csv = (...rows) => ({
  name: "cases.csv", mimeType: "text/csv", buffer: Buffer.from(`${[HEADER, ...rows].join("\n")}\n`),
});

/** Walks what can become of a file that is imported into the record of one case. */
export async function importCases(page, { name, step, reference, javaScriptEnabled, language }) {
  const said = words[language];
  const seen = async (what) => {
    await show(page, step(what), javaScriptEnabled);
    if (!javaScriptEnabled) await accessibleWithoutScript(page, step(what));
  };
  const says = async (text, what) => check((await page.textContent("main")).includes(text), `${name}: ${what}: “${text}” is said`);

  // While somebody listens the browser opens no window of its own; a listener for each file would come too late for the key.
  page.on("filechooser", () => {});

  /** Chooses a file and has it compared, without a mouse; says where its preview is. */
  const compare = async (file) => {
    await page.goto(IMPORT);
    await page.locator("#file").focus();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
    await chooser.setFiles(file);
    await press(page, `form[action='${IMPORT}'] button`);
    const place = new URL(page.url()).pathname;
    check(/^\/cases\/import\/[0-9a-f-]{36}$/.test(place), `${name}: a file leads to its preview, not ${place}`);
    return place;
  };
  const confirm = async (place) => {
    await press(page, `form[action='${place}/confirm'] button`);
    check(new URL(page.url()).pathname === place, `${name}: a confirmed file tells its outcome where its preview was`);
    await says(said.entered, "the outcome");
  };

  await page.goto("/cases");
  await press(page, `main a[href='${IMPORT}']`);
  check(new URL(page.url()).pathname === IMPORT, `${name}: the cases lead to the import`);
  await seen("07a-import");

  say(`${name}: a preview is thrown away`);
  const first = csv(`SYN-C001,${reference},2,60`);
  const thrown = await compare(first);
  await says(said.unwritten, "the preview");
  await says(reference, "the preview");
  await seen("07b-import-preview");
  await press(page, `form[action='${thrown}/discard'] button`);
  check(new URL(page.url()).pathname === IMPORT, `${name}: throwing a file away leads back`);
  check((await page.goto(thrown)).status() === 404, `${name}: what was thrown away is gone`);

  say(`${name}: a preview is confirmed`);
  await confirm(await compare(first));
  await seen("07c-import-outcome");
  await press(page, "#cases tbody a");
  check(/^\/cases\/[0-9a-f-]{36}\/record$/.test(new URL(page.url()).pathname), `${name}: the outcome leads to the record, not ${page.url()}`);
  const again = await compare(first);
  check(await page.locator(`form[action='${again}/confirm']`).count() === 0, `${name}: sent again, there is nothing to confirm`);

  say(`${name}: a file contradicts the record`);
  const contradicting = await compare(csv(`SYN-C001,${reference},2,61`));
  await press(page, "a[href*='only=contradicting']");
  check(new URL(page.url()).search.includes("only=contradicting"), `${name}: contradicting cases can be shown alone`);
  await says(reference, "the contradicting cases");
  await seen("07d-import-contradicting");
  await confirm(contradicting);
  await seen("07e-import-beside");

  say(`${name}: a file with an error is refused`);
  const wrong = await compare(csv(`SYN-C001,${reference},2,sixty`, "SYN-C001,NOBODY-HAS-THIS,2,60"));
  await says(said.refused, "the refusal");
  await seen("07f-import-refused");
  check(await page.locator(`form[action='${wrong}/confirm']`).count() === 0, `${name}: a refused file cannot be confirmed`);
}
