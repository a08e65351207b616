// One patient's way, walked in a real browser with script and without: registration, consent, a test order, the
// result, the report, the panel, a change of will, and the patient's own look at who looked.
//
// usage: node walk.mjs ADDRESS OUT-FOLDER
import { base, check, finish, open, say, sizes } from "./tools.mjs";
import { importCases } from "./import.mjs";
import { press, show } from "./way.mjs";

const BIRTH_YEAR = "1961";
const today = new Date(Date.now() + 9 * 3600 * 1000).toISOString().slice(0, 10);

const sample = (test) => Buffer.from(JSON.stringify({
  metaData: { schemaVersion: "1.2.1", referenceGenome: { grcRelease: "GRCh38", name: "hg38" } },
  testInfo: { testId: test, testType: "tumor and matched-normal", panelName: "Browser Panel", panelVersion: "1.0" },
  sequencingSamples: [{ itemId: "tumour-1", tumorOrNormal: "tumor", nucleicAcid: "DNA" }, { itemId: "normal-1", tumorOrNormal: "normal", nucleicAcid: "DNA" }],
  variants: { shortVariants: [{
    itemId: "sv-1", chromosome: "chr7", position: 55191822, referenceAllele: "T", alternateAllele: "G",
    alternateAlleleFrequency: 0.31, totalReadDepth: 512,
    transcripts: [{ transcriptId: "NM_005228.5", transcriptDatabaseName: "RefSeq", geneSymbol: "EGFR", strand: "+", cdsChange: "c.2573T>G", aminoAcidsChange: "p.L858R", calculatedEffects: ["missense_variant"] }],
    sampleItemId: "tumour-1", variantOrigin: "somatic", reported: true,
  }] },
}));

/** Chooses an answer by keyboard. */
async function choose(page, answer) {
  await answer.focus();
  await page.keyboard.press("Space");
  check(await answer.isChecked(), `an answer is chosen by keyboard: ${await answer.getAttribute("name")}`);
}

async function walk(name, javaScriptEnabled, language, viewport) {
  const locale = language === "ja" ? "ja-JP" : "en-GB";
  const people = {};
  for (const role of ["coordinator", "physician", "pathologist", "laboratory", "centre-staff"]) {
    const context = await open({ viewport, locale, javaScriptEnabled }, role);
    people[role] = await context.newPage();
  }
  const { coordinator, physician, pathologist, laboratory } = people;
  const step = (what) => `walk-${name}-${what}`;

  say(`${name}: the case is registered`);
  await coordinator.goto("/registration");
  await coordinator.selectOption("#sex", "female");
  await coordinator.fill("#age", "65");
  await coordinator.fill("#tumour", "LUAD");
  await coordinator.fill("#name", `合成 ${name}`);
  await coordinator.fill("#hospital_number", `SYN-${name}-${Date.now()}`);
  await show(coordinator, step("01-registration"), javaScriptEnabled);
  await press(coordinator, "form[action='/registration'] button");
  const found = /\/cases\/[0-9a-f-]{36}/.exec(coordinator.url());
  check(found !== null, `${name}: registering leads to the case, not ${coordinator.url()}`);
  const case_ = found[0];
  await show(coordinator, step("02-registered"), javaScriptEnabled);

  say(`${name}: the patient consents on paper`);
  await coordinator.goto(`${case_}/consent/record`);
  await coordinator.fill("#signed", today);
  await coordinator.fill("#witness", "合成 立会人");
  const questions = await coordinator.locator("fieldset.answer-row").all();
  check(questions.length >= 6, `${name}: the consent asks ${questions.length} questions`);
  for (const question of questions) await choose(coordinator, question.locator("input[type=radio]").first());
  const recipient = coordinator.locator("#recipient option:nth-child(2)");
  if (await recipient.count()) await coordinator.selectOption("#recipient", await recipient.getAttribute("value"));
  await show(coordinator, step("03-consent"), javaScriptEnabled);
  await press(coordinator, `form[action$='/consent/record'] button`);
  check(new URL(coordinator.url()).pathname.startsWith(`${case_}/consent`) && !coordinator.url().endsWith("/record"), `${name}: the consent is recorded: ${coordinator.url()}`);
  await coordinator.goto(`${case_}/consent`);
  await show(coordinator, step("04-consent-given"), javaScriptEnabled);

  say(`${name}: the patient gets a one-time code`);
  await coordinator.goto(`${case_}/consent/code`);
  await coordinator.fill("#value", BIRTH_YEAR);
  await press(coordinator, "form[action$='/consent/code'] button");
  const code = (await coordinator.textContent(".one-time-code")).trim();
  check(code.length >= 8, `${name}: a code is given`);
  await show(coordinator, step("05-letter"), javaScriptEnabled);

  say(`${name}: the clinical record is begun`);
  await coordinator.goto(`${case_}/record`);
  await show(coordinator, step("06-record"), javaScriptEnabled);
  const section = `${case_}/record/background`;
  await coordinator.goto(section);
  const field = coordinator.locator("select[data-field]").first();
  const address = await field.getAttribute("data-field");
  const value = await field.locator("option:nth-child(2)").getAttribute("value");
  await field.selectOption(value);
  if (javaScriptEnabled) {
    await field.blur();
    const saved = await coordinator.locator("form[data-autosave]").getAttribute("data-saved");
    const beside = await field.getAttribute("aria-describedby");
    await coordinator.locator(`[id="${beside}"]`, { hasText: saved.split("{")[0].trim() }).waitFor({ timeout: 10_000 });
  } else {
    await press(coordinator, "button[data-save]");
  }
  await coordinator.goto(section);
  check(await coordinator.locator(`[data-field="${address}"]`).inputValue() === value, `${name}: what was entered is there again`);
  await show(coordinator, step("07-section"), javaScriptEnabled);

  say(`${name}: a case CSV of the portal is entered`);
  await coordinator.goto(case_);
  const reference = (await coordinator.textContent("h1 .mono")).trim();
  await importCases(coordinator, { name, step, reference, javaScriptEnabled, language });

  say(`${name}: the test is ordered`);
  await physician.goto(`${case_}/orders`);
  for (const [question, answer] of Object.entries({ solid: "yes", advanced: "yes", standard_therapy: "finished", candidate: "yes" })) {
    await physician.selectOption(`#${question}`, answer);
  }
  await physician.fill("#product", await physician.locator("#products option").first().getAttribute("value"));
  await physician.fill("#laboratory", "SYN-L01");
  await physician.fill("#consented_on", today);
  await physician.selectOption("#material", "ffpe");
  await show(physician, step("08-order"), javaScriptEnabled);
  await press(physician, "form.order-form button");
  const order = new URL(physician.url()).pathname;
  check(order.startsWith("/orders/"), `${name}: the order is placed: ${physician.url()}`);
  for (const [page, kind] of [[pathologist, "specimen-prepared"], [coordinator, "sent"], [laboratory, "received"], [laboratory, "sequenced"]]) {
    await page.goto(order);
    await press(page, `button[name=kind][value=${kind}]`);
    check(new URL(page.url()).pathname === order, `${name}: ${kind} is recorded`);
  }
  await laboratory.goto("/work");
  await show(laboratory, step("09-work-of-laboratory"), javaScriptEnabled);

  say(`${name}: the result arrives`);
  await laboratory.goto(order);
  await laboratory.setInputFiles("#file", { name: "result.cats", mimeType: "application/json", buffer: sample(`RUN-${name}-${Date.now()}`) });
  await show(laboratory, step("10-send-result"), javaScriptEnabled);
  await press(laboratory, `form[action='${order}/result'] button`);
  check(new URL(laboratory.url()).pathname.startsWith("/results/"), `${name}: the result is taken: ${laboratory.url()}`);
  await show(laboratory, step("11-result"), javaScriptEnabled);

  say(`${name}: the report is read and the panel's advice explained`);
  await physician.goto(order);
  await show(physician, step("12-order-with-report"), javaScriptEnabled);
  await physician.goto(case_);
  await show(physician, step("13-case"), javaScriptEnabled);
  await press(physician, "main a[href^='/reports/']");
  const report = await physician.textContent("main");
  check(report.includes("EGFR") && report.includes("L858R"), `${name}: the report names the finding`);
  await show(physician, step("14-report"), javaScriptEnabled);
  for (const [page, kind] of [[coordinator, "panel-held"], [physician, "explained"]]) {
    await page.goto(order);
    const button = page.locator(`button[name=kind][value=${kind}]`);
    check(await button.count() === 1, `${name}: ${kind} can be recorded`);
    if (await button.count()) await press(page, `button[name=kind][value=${kind}]`);
  }

  say(`${name}: the patient looks, and changes the will`);
  const hand = await open({ viewport: sizes.phone, locale, javaScriptEnabled }, null);
  const patient = await hand.newPage();
  await patient.goto("/my");
  await show(patient, step("15-my-door"), javaScriptEnabled);
  await patient.fill("#code", code);
  await patient.fill("#fact", BIRTH_YEAR);
  await press(patient, "form[action='/my'] button");
  check(new URL(patient.url()).pathname === "/my/home", `${name}: the code opens the patient's page: ${patient.url()}`);
  await show(patient, step("16-my-home"), javaScriptEnabled);
  await patient.goto("/my/looks");
  const looks = await patient.textContent("main");
  check(looks.includes("SYN-C001") || /[Pp]hysician|主治医|医師/.test(looks), `${name}: the patient sees that the physician looked`);
  await show(patient, step("17-my-looks"), javaScriptEnabled);
  await patient.goto("/my/consent");
  for (const question of await patient.locator("fieldset.question").all()) {
    const choices = question.locator("input[type=radio]");
    const stays = (await choices.nth(1).getAttribute("name")).includes("registration");
    await choose(patient, stays ? choices.first() : choices.nth(1));
  }
  await show(patient, step("18-my-change"), javaScriptEnabled);
  await press(patient, "form[action='/my/consent'] button");
  check(new URL(patient.url()).pathname.startsWith("/my/"), `${name}: the change is recorded: ${patient.url()}`);
  await show(patient, step("19-my-copy"), javaScriptEnabled);
  await coordinator.goto(`${case_}/consent`);
  await show(coordinator, step("20-consent-changed"), javaScriptEnabled);

  say(`${name}: the patient withdraws`);
  const centre = people["centre-staff"];
  check((await centre.goto(case_)).status() === 200, `${name}: the centre sees a registered case`);
  await patient.goto("/my/withdraw");
  await show(patient, step("21-my-withdraw"), javaScriptEnabled);
  await press(patient, "form[action='/my/withdraw'] button");
  await show(patient, step("22-my-withdrawn"), javaScriptEnabled);
  check((await centre.goto(case_)).status() === 404, `${name}: the centre no longer knows of the case`);
  check((await coordinator.goto(case_)).status() === 200, `${name}: the hospital still does`);
  check((await physician.goto(order)).status() === 200, `${name}: and its order goes on`);
  await physician.goto(case_);
  check(await physician.locator("main a[href^='/reports/']").count() > 0, `${name}: the report is still there for care`);
  for (const page of [...Object.values(people), patient]) await page.context().close();
}

await walk("script-ja-desk", true, "ja", sizes.desk);
await walk("script-en-phone", true, "en", sizes.phone);
await walk("plain-ja-phone", false, "ja", sizes.phone);
await walk("plain-en-desk", false, "en", sizes.desk);
say(`every way led through ${base}`);
await finish();
