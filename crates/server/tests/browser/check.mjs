// Opens every page of a running demo in a real browser and says what is wrong.
//
// usage: node check.mjs ADDRESS OUT-FOLDER
//
// Each page is opened in both languages, at the widths of a desk and of a telephone, in light and dark,
// and once without JavaScript. Screenshots stay in the folder for people to look at.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, base, browser, check, finish, look, lookIn, noSidewaysScroll, open, out, say, sizes } from "./tools.mjs";

const sample = JSON.stringify({
  metaData: { schemaVersion: "1.2.1", referenceGenome: { grcRelease: "GRCh38", name: "hg38" } },
  testInfo: { testId: "BROWSER-1", testType: "tumor and matched-normal", panelName: "Browser Panel", panelVersion: "1.0" },
  sequencingSamples: [{ itemId: "tumour-1", tumorOrNormal: "tumor", nucleicAcid: "DNA" }, { itemId: "normal-1", tumorOrNormal: "normal", nucleicAcid: "DNA" }],
  variants: { shortVariants: [{
    itemId: "sv-1", chromosome: "chr7", position: 55191822, referenceAllele: "T", alternateAllele: "G",
    alternateAlleleFrequency: 0.31, totalReadDepth: 512,
    transcripts: [{ transcriptId: "NM_005228.5", transcriptDatabaseName: "RefSeq", geneSymbol: "EGFR", strand: "+", cdsChange: "c.2573T>G", aminoAcidsChange: "p.L858R", calculatedEffects: ["missense_variant"] }],
    sampleItemId: "tumour-1", variantOrigin: "somatic", reported: true,
  }] },
});
const good = { name: "good.cats", mimeType: "application/json", buffer: Buffer.from(sample) };
const bad = {
  name: "bad.cats", mimeType: "application/json",
  buffer: Buffer.from(sample.replace('"sampleItemId":"tumour-1"', '"sampleItemId":"nowhere"')),
};

// ── Which pages there are ────────────────────────────────────────────────────────────────────────
const api = await browser.newContext({ baseURL: base });
await lookIn(api, "centre-staff");
const json = async (path) => (await api.request.get(path)).json();
const cases = await json("/api/cases?level=A");
check(cases.total > 0, "the demo has cases with evidence of level A");
const first = await json(cases.cases[0].href);
const rejected = await json("/api/cases?state=rejected");
check(rejected.total > 0, "the demo has cases with a rejected result");
const broken = await json(rejected.cases[0].href);
const brokenResult = broken.results.find((result) => result.status === "rejected");
const report = `/reports/${first.reports[0].id}`;
const pages = {
  home: "/",
  cases: "/cases",
  "cases-filtered": "/cases?level=A&sex=female",
  "cases-none": "/cases?q=nothing-has-this-text",
  case: `/cases/${first.id}`,
  "case-without-report": `/cases/${broken.id}`,
  result: `/results/${first.results[0].id}`,
  "result-rejected": `/results/${brokenResult.id}`,
  results: "/results?status=rejected",
  report,
  "report-print": `${report}/print`,
  knowledge: "/knowledge",
  evidence: "/knowledge/evidence?gene=EGFR",
  "evidence-genes": "/knowledge/evidence",
  "tumour-types": "/knowledge/tumour-types",
  "tumour-types-found": "/knowledge/tumour-types?q=lung",
  check: "/check",
  about: "/about",
  "not-found": "/nowhere",
};
/** Where the course of the first case of a search is, that has been given a therapy. */
async function courseOf(role) {
  const context = await open({ locale: "en-GB" }, role);
  const page = await context.newPage();
  await page.goto("/search?q=therapy(side%3Dafter)");
  const href = await page.getAttribute("a[href^='/search/case?id=']", "href");
  await context.close();
  return href;
}
/** Keeps a search under a name, and says where the list is. */
async function savedBy(role) {
  const context = await open({ locale: "en-GB" }, role);
  const page = await context.newPage();
  for (const [name, share] of [["KRAS in women", 0], ["Lung for the team", 1]]) {
    await page.goto("/search/saved?q=gene%3DKRAS%20and%20sex%3Dfemale");
    await page.fill("#name", name);
    await page.selectOption("#share", { index: share });
    await page.click("form[action='/search/saved'] button");
  }
  await page.check("#saved-0");
  await page.check("#saved-1");
  await page.click("#compare-saved button");
  check(new URL(page.url()).searchParams.getAll("q").length === 2, "the chosen ones are compared");
  await context.close();
  return "/search/saved";
}
// Pages of other people than the centre's: who, and where.
const others = {
  "sign-in": [null, "/sign-in"],
  me: ["physician", "/me"],
  search: ["physician", "/search"],
  "search-narrowed": ["physician", "/search?q=gene%3DKRAS%20and%20sex%3Dfemale&by=level&clock=test"],
  "search-compare": ["physician", "/search/compare?q=tumour%3DLUAD%20and%20sex%3Dfemale&q=tumour%3DLUAD%20and%20sex%3Dmale"],
  "search-compare-shared": ["physician", "/search/compare?q=gene%3DKRAS&q=gene%3DTP53&q=sex%3Dfemale"],
  "search-compare-one": ["physician", "/search/compare?q=gene%3DKRAS"],
  "search-gene": ["physician", "/search/gene?gene=KRAS"],
  "search-gene-regions": ["physician", "/search/gene?gene=EGFR&q=tumour%3DLUAD"],
  "search-oncoprint": ["physician", "/search/oncoprint"],
  "search-pairs": ["physician", "/search/pairs"],
  "search-course": ["physician", await courseOf("physician")],
  "search-saved": ["physician", await savedBy("physician")],
  "statistics": ["physician", "/statistics"],
  "statistics-everybody": [null, "/statistics?months=24"],
  "research-projects": ["researcher", "/research"],
  "research-project": ["researcher", "/research/SYN-R001"],
  "research-search": ["researcher", "/research/SYN-R001/search"],
  "research-search-narrowed": ["researcher", "/research/SYN-R001/search?q=gene%3DTP53&clock=diagnosis"],
  "research-search-few": ["researcher", "/research/SYN-R001/search?q=gene%3DKRAS%20and%20age%3C30"],
  "research-compare": ["researcher", "/research/SYN-R001/compare?q=sex%3Dfemale&q=sex%3Dmale"],
  "research-pairs": ["researcher", "/research/SYN-R001/pairs"],
  "research-oncoprint": ["researcher", "/research/SYN-R001/oncoprint"],
  "research-cases": ["researcher", "/research/SYN-R001/cases"],
  "research-projects-all": ["board-member", "/research"],
  "research-questions": ["board-member", "/research/SYN-R001"],
  "research-permission": ["centre-staff", "/research/SYN-R001/edit"],
  "cases-import": ["coordinator", "/cases/import"],
  "home-physician": ["physician", "/"],
  "home-without-cases": ["researcher", "/"],
  people: ["administrator", "/people"],
  "people-site": ["site-administrator", "/people"],
  "break-glass": ["physician", "/break-glass"],
  "break-glass-review": ["site-administrator", "/break-glass"],
  "not-found-administrator": ["administrator", pages.case],
};
const words = { ja: "合成", en: "ynthetic" };

// ── Every page, language, width and colour ───────────────────────────────────────────────────────
for (const language of ["ja", "en"]) {
  const locale = language === "ja" ? "ja-JP" : "en-GB";
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await open({ viewport, locale });
    const page = await context.newPage();
    say(`${Object.keys(pages).length} pages, ${language}, ${size}`);
    for (const [name, path] of Object.entries(pages)) {
      const full = `${name}-${language}-${size}`;
      const answer = await page.goto(path);
      check(answer.status() === (name === "not-found" ? 404 : 200), `${full}: status ${answer.status()}`);
      check(await page.evaluate(() => document.documentElement.lang) === language, `${full}: language`);
      check((await page.textContent("body")).includes(words[language]), `${full}: says that data is synthetic`);
      await noSidewaysScroll(page, full);
      await accessible(page, full);
      await look(page, full);
    }
    await context.close();
  }
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const [name, [role, path]] of Object.entries(others)) {
      const full = `${name}-${language}-${size}`;
      const context = await open({ viewport, locale }, role);
      const page = await context.newPage();
      const answer = await page.goto(path);
      check(answer.status() === (name.startsWith("not-found") ? 404 : 200), `${full}: status ${answer.status()}`);
      check((await page.textContent("body")).includes(words[language]), `${full}: says that data is synthetic`);
      await noSidewaysScroll(page, full);
      await accessible(page, full);
      await look(page, full);
      await context.close();
    }
  }
  say(`the pages in the dark, ${language}`);
  const dark = await open({ viewport: { width: 1280, height: 900 }, locale, colorScheme: "dark" });
  const page = await dark.newPage();
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path);
    await accessible(page, `${name}-${language}-dark`);
    if (language === "ja") await look(page, `${name}-${language}-dark`);
  }
  await dark.close();
}

// ── The drop area, with and without script ───────────────────────────────────────────────────────
for (const javaScriptEnabled of [true, false]) {
  const context = await open({ viewport: { width: 1280, height: 900 }, locale: "ja-JP", javaScriptEnabled });
  const page = await context.newPage();
  const name = `checked-${javaScriptEnabled ? "script" : "no-script"}`;
  await page.goto("/check");
  await page.setInputFiles("#file", good);
  await page.fill("#tumour", "LUAD");
  await page.click("form[action='/check'] button");
  let text = await page.content();
  check(text.includes("EGFR") && text.includes("保存していません"), `${name}: a good file gives a report`);
  await look(page, `${name}-good`);
  await page.goto("/check");
  await page.setInputFiles("#file", bad);
  await page.click("form[action='/check'] button");
  text = await page.content();
  check(text.includes("受理できません") && text.includes("/variants/shortVariants/0/sampleItemId"), `${name}: a bad file gives its problems`);
  await look(page, `${name}-bad`);
  if (javaScriptEnabled) await accessible(page, `${name}-bad`);
  await page.goto("/check");
  await page.setInputFiles("#file", good);
  await page.fill("#tumour", "そんながん種はない");
  await page.click("form[action='/check'] button");
  text = await page.content();
  check(text.includes("がん種が分かりません"), `${name}: a wrong tumour type is told`);
  await look(page, `${name}-mistake`);
  await page.goto("/cases");
  await page.fill("#q", cases.cases[0].reference);
  await page.click("form[action='/cases'] button");
  check((await page.content()).includes(cases.cases[0].reference), `${name}: the search finds a case`);
  await page.click("a[hreflang='en']");
  check((await page.content()).includes('<html lang="en">'), `${name}: the language is switched`);
  check(page.url().includes(encodeURIComponent(cases.cases[0].reference)), `${name}: the search is kept`);
  await page.goto("/");
  check((await page.content()).includes('<html lang="en">'), `${name}: the language is remembered`);
  await context.close();
}

// ── The keyboard ─────────────────────────────────────────────────────────────────────────────────
{
  const context = await open({ viewport: { width: 1280, height: 900 }, locale: "ja-JP" });
  const page = await context.newPage();
  await page.goto("/cases");
  await page.keyboard.press("Tab");
  check(await page.evaluate(() => document.activeElement.className) === "skip", "the first stop skips to the content");
  await look(page, "keyboard-skip");
  await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement.id) === "main", "skipping goes to the content");
  const order = [];
  for (let stop = 0; stop < 40; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const box = document.activeElement.getBoundingClientRect();
      const style = getComputedStyle(document.activeElement);
      return { ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, seen: box.width > 0 && box.height > 0, tag: document.activeElement.tagName };
    });
    if (at.tag === "BODY") break;
    order.push(at);
  }
  check(order.length >= 20, `the keyboard reaches ${order.length} stops`);
  check(order.every((at) => at.ring && at.seen), "every stop is seen and ringed");
  await look(page, "keyboard-ring");
  await context.close();
}

// ── Paper ────────────────────────────────────────────────────────────────────────────────────────
{
  const context = await open({ locale: "ja-JP" });
  const page = await context.newPage();
  for (const [name, path] of Object.entries({ report, "report-print": `${report}/print`, "result-rejected": pages["result-rejected"] })) {
    await page.goto(path);
    const bytes = await page.pdf({ preferCSSPageSize: true });
    check(bytes.length > 10_000, `${name}: printed`);
    writeFileSync(join(out, `${name}.pdf`), bytes);
  }
  const made = await api.request.get(`${report}/pdf?lang=ja`, { timeout: 60_000 });
  const body = await made.body();
  check(made.status() === 200 && body.subarray(0, 5).toString() === "%PDF-", `PDF: status ${made.status()}`);
  if (made.status() === 200) writeFileSync(join(out, "report-own.pdf"), body);
  await context.close();
}

await finish();
