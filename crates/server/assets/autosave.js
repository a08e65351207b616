// Saves each field of the clinical record as soon as it is left, says so beside it, and keeps what could not be
// saved in this browser until the server has acknowledged it. Every task works without this script.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const words = form.dataset;
  const store = `tsumugi-entry:${words.person}:${words.case}:`;
  const notice = document.querySelector("[data-offline][hidden], p[data-offline]");
  const fields = new Map();
  const RETRY_FIRST = 1000, RETRY_MAX = 30000;
  let retry = RETRY_FIRST, timer = 0, sending = false;

  // An identifier of version 7: the time, and randomness.
  const identifier = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let at = 5; at >= 0; at -= 1) { bytes[at] = time % 256; time = Math.floor(time / 256); }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  const keep = (field) => {
    try { localStorage.setItem(store + field.address, JSON.stringify({ first: field.first, then: field.waits })); } catch { /* the field itself still holds it */ }
  };
  const forget = (field) => { try { localStorage.removeItem(store + field.address); } catch { /* nothing was kept */ } };
  const kept = (field) => {
    try { return JSON.parse(localStorage.getItem(store + field.address) || "null"); } catch { return null; }
  };
  const say = (field, kind, text) => {
    if (!field.state) return;
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = text;
    field.state.replaceChildren(span);
  };
  const warn = (text) => { if (notice) { notice.hidden = !text; notice.textContent = text || ""; } };

  for (const control of form.querySelectorAll("[data-field]")) {
    const address = control.dataset.field;
    const place = control.closest(".entry-row, td");
    const hidden = (prefix) => Array.from(form.elements.namedItem(prefix + address) ? [form.elements.namedItem(prefix + address)] : []).shift();
    const field = {
      address, control, place,
      state: place && place.querySelector("[data-state]"),
      base: hidden("b:"), merged: hidden("m:"), contested: hidden("c:"),
      // What may have reached the server and has to be answered first; and what was typed since.
      said: control.value, first: null, waits: null,
    };
    fields.set(address, field);
    control.addEventListener("change", () => enter(field, control.value, false));
    control.addEventListener("blur", () => { if (control.value !== field.said) enter(field, control.value, false); });
    // What is typed is kept at once, and saved when the field is left.
    control.addEventListener("input", () => { note(field, control.value); });
  }

  function note(field, value) {
    if (field.contested && value === "") return;
    const merged = field.contested && field.merged ? field.merged.value.split(" ").filter(Boolean) : [];
    field.waits = { id: identifier(), value, base: field.base ? field.base.value : "", merged };
    keep(field);
  }
  function enter(field, value, chosen) {
    if (!chosen && field.contested && value === "") return;
    if (!chosen && value === field.said && !field.contested && !field.first) {
      field.waits = null;
      forget(field);
      return;
    }
    if (!field.waits || field.waits.value !== value) note(field, value);
    if (chosen && !field.waits) {
      field.waits = { id: identifier(), value, base: field.base.value, merged: field.merged ? field.merged.value.split(" ").filter(Boolean) : [] };
      keep(field);
    }
    field.waits.ready = true;
    say(field, "hint", words.saving);
    soon(0);
  }
  function soon(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  }

  function isDue(field) { return Boolean(field.first || (field.waits && field.waits.ready)); }

  async function send() {
    if (sending) return;
    const group = Array.from(fields.values()).filter(isDue).slice(0, 100);
    if (group.length === 0) return;
    sending = true;
    for (const field of group) {
      if (field.first) continue;
      field.first = field.waits;
      if (field.base) field.first.base = field.base.value;
      keep(field);
    }
    const entries = group.map(({ address, first }) => ({
      id: first.id, address, value: first.value, base: first.base || null, merged: first.merged,
    }));
    const token = form.querySelector("input[name=csrf]");
    const headers = { "content-type": "application/json", accept: "application/json" };
    if (token) headers["x-csrf-token"] = token.value;
    try {
      const answer = await fetch(words.autosave, { method: "POST", headers, body: JSON.stringify({ entries }), credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw Object.assign(new Error("not saved"), { status: answer.status });
      const { results } = await answer.json();
      results.forEach((result, index) => took(group[index], result));
      retry = RETRY_FIRST;
      warn("");
    } catch (error) {
      for (const field of group) say(field, "waits", words.kept);
      warn(error.status === 401 || error.status === 403 || error.status === 404 ? words.signedOut : words.offline);
      retry = Math.min(retry * 2, RETRY_MAX);
    }
    sending = false;
    if (Array.from(fields.values()).some(isDue)) soon(retry === RETRY_FIRST ? 0 : retry);
  }

  function took(field, result) {
    const sent = field.first;
    field.first = null;
    if (result.outcome === "refused") {
      if (field.waits === sent) field.waits = null;
      say(field, "waits", words.refused);
      return;
    }
    const newest = result.heads[0];
    if (field.base && newest) field.base.value = newest.event;
    field.said = sent.value;
    if (field.waits === sent) { field.waits = null; forget(field); } else if (field.waits && newest) { field.waits.base = newest.event; keep(field); }
    const standing = field.place && field.place.querySelector("[data-standing]");
    if (standing) standing.remove();
    if (result.outcome === "contested") contest(field, result.heads);
    else {
      for (const input of [field.contested, field.merged]) if (input) input.remove();
      field.contested = field.merged = null;
      if (field.waits === null && field.control.value === sent.value && newest && newest.value !== null && newest.value !== sent.value) field.control.value = field.said = newest.value;
      say(field, "now", words.saved.replace("{when}", result.savedAt));
      if (field.place) field.place.classList.toggle("lacks", false);
    }
  }
  // Shows what stands side by side; either can be taken, or a third typed.
  function contest(field, heads) {
    const hidden = (name, value) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: name + field.address, value });
      field.control.after(input);
      return input;
    };
    // Nothing is chosen by leaving the field as it is.
    field.control.value = field.said = "";
    if (!field.contested) field.contested = hidden("c:", "1");
    if (!field.merged) field.merged = hidden("m:", "");
    field.merged.value = heads.slice(1).map((head) => head.event).join(" ");
    say(field, "waits", words.contested);
    const list = document.createElement("ul");
    list.className = "standing";
    list.dataset.standing = "";
    for (const head of heads) {
      const line = document.createElement("li"), value = document.createElement("span"), button = document.createElement("button");
      value.className = "standing-value";
      const option = field.control.options && Array.from(field.control.options).find((each) => each.value === head.value);
      value.textContent = head.value === null ? words.emptied : option ? option.textContent : head.value;
      button.className = "quiet small";
      button.name = "choose";
      button.value = `${field.address}|${head.value || ""}`;
      button.dataset.choose = head.value || "";
      button.textContent = words.choose;
      line.append(value, " ", button);
      list.append(line);
    }
    field.state.after(list);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-choose]");
    if (!button) return;
    const place = button.closest(".entry-row, td");
    const field = Array.from(fields.values()).find((each) => each.place === place);
    if (!field) return;
    event.preventDefault();
    field.control.value = button.dataset.choose;
    field.waits = null;
    enter(field, button.dataset.choose, true);
    field.control.focus();
  });
  // Enter goes to the next field; in the last field of a table it adds a row.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input[data-field], select[data-field]")) return;
    event.preventDefault();
    const all = Array.from(form.querySelectorAll("[data-field]"));
    const next = all[all.indexOf(event.target) + 1];
    const block = event.target.closest(".entry-block");
    if (block && (!next || next.closest(".entry-block") !== block)) {
      const add = block.querySelector("button[data-add]");
      if (add) { form.requestSubmit(add); return; }
    }
    if (next) next.focus();
  });
  addEventListener("online", () => { retry = RETRY_FIRST; soon(0); });

  // What an earlier page could not save comes back, unless the server has it.
  for (const field of fields.values()) {
    const { first, then } = kept(field) || {};
    const newest = then || first;
    if (!newest) continue;
    // The form was sent as a whole, or the answer was lost on its way: the server has it.
    if (newest.value === field.said) { forget(field); continue; }
    field.control.value = newest.value;
    field.first = first || null;
    field.waits = then ? { ...then, ready: true } : field.first;
    if (field.base && !first) field.base.value = then.base;
    say(field, "hint", words.saving);
  }
  soon(0);
})();
