'use strict';

// A form for every request, made from the contract of the running gate; what it sends, the server puts into a frame, sends over
// TCP to its own port, and gives back both frames with every byte explained.

const byId = (id) => document.getElementById(id);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// ---------------------------------------------------------------- light and dark, as on the console

const dark = matchMedia('(prefers-color-scheme: dark)');

function theme() {
  document.documentElement.dataset.theme = localStorage.getItem('framegate.theme') ?? (dark.matches ? 'dark' : 'light');
}
dark.addEventListener('change', theme);
theme();

// ---------------------------------------------------------------- the server

class Refused extends Error {}

/** Whose password is asked for. */
const administrator = (response) =>
  decodeURIComponent((response.headers.get('Framegate-Admin-User') ?? '').replaceAll('+', ' '));

async function ask(method, path, body, type) {
  const response = await fetch('../' + path, { method, body, cache: 'no-store', headers: type ? { 'Content-Type': type } : {} });
  if (response.status === 401) {
    byId('main').hidden = true;
    byId('login').hidden = false;
    const { user } = byId('login').elements;
    if (user.value === '') user.value = administrator(response);
  }
  if (!response.ok) {
    const text = (await response.text()).trim();
    throw new Refused(text && !text.includes('<') ? text : `The server answered with status ${response.status}.`);
  }
  return response;
}

// ---------------------------------------------------------------- the contract

let contract = null;
const named = (list, name) => list.find((each) => each.name === name);
const elementOf = (type) => type.match(/^list<(.*)>$/)?.[1];
const isGeometry = (field) => field.differenceColumns === 2 && field.unit === '1e-7 degree';
const requests = () => contract.messages.filter((message) => message.direction === 'request');

// ---------------------------------------------------------------- the form: each input has { node, value(), fill(value) }

function input(field, type = field.type) {
  const element_ = elementOf(type);
  const record = named(contract.records, type);
  const constants = named(contract.enums, type);
  if (element_ !== undefined) return list(field, element_);
  if (record) return group(field.name, record.fields, field.text);
  if (constants) return choice(field, constants);
  if (type === 'boolean') return check(field);
  if (field.differenceColumns > 0) return rows(field);
  if (type.endsWith('[]')) {
    return plain(field, element('input', { placeholder: '1, 2, 3' }), (text) =>
      text.split(/[\s,;]+/).filter(Boolean).map(number), (value) => value.join(', '));
  }
  if (/^(int|float)/.test(type)) {
    return plain(field, element('input', { inputMode: 'decimal' }), (text) => number(text || '0'), String);
  }
  if (type === 'bytes') return plain(field, element('input', { placeholder: 'hex' }), (text) => text, String);
  const secret = /password|token/i.test(field.name);
  return plain(field, element('input', { type: secret ? 'password' : 'text', autocomplete: 'off' }), (text) => text, String);
}

// An int64 that a double can't hold goes as text; so does what is no number, for the server to say so.
const number = (text) => Number.isFinite(Number(text)) && !(Number.isInteger(Number(text)) && !Number.isSafeInteger(Number(text)))
  ? Number(text) : text;

function labelled(field, node) {
  const range = field.least === undefined ? '' : field.most === undefined ? `from ${field.least}` : `${field.least} … ${field.most}`;
  // What the text says as well is not said twice.
  const said = (field.text ?? '').replaceAll('\u2212', '-');
  const facts = [field.unit, range].filter((fact) => fact && !said.includes(fact)).join(', ');
  return element('label', { className: 'field' },
    element('span', {}, element('code', { textContent: field.name }), facts ? ' ' + facts : ''), node,
    field.text ? element('small', { textContent: field.text }) : '');
}

function plain(field, node, parse, show) {
  return {
    node: labelled(field, node),
    value: () => parse(node.value.trim()),
    fill: (value) => { node.value = show(value); },
  };
}

function choice(field, constants) {
  const node = element('select', {}, ...constants.constants.map((constant) =>
    element('option', { value: constant.name, textContent: `${constant.name} (${constant.code})`, title: constant.text ?? '' })));
  return { node: labelled(field, node), value: () => node.value, fill: (value) => { node.value = value; } };
}

function check(field) {
  const node = element('input', { type: 'checkbox' });
  return {
    node: element('label', { className: 'field check', title: field.text ?? '' }, node, element('code', { textContent: field.name })),
    value: () => node.checked,
    fill: (value) => { node.checked = value; },
  };
}

// Differences are shown summed up, degrees as degrees: one row a line.
function rows(field) {
  const factor = field.unit === '1e-7 degree' ? 1e7 : 1;
  const node = element('textarea', { placeholder: factor === 1 ? '' : '9.5209 47.1410', spellcheck: false });
  return plain(field, node,
    (text) => text.split('\n').filter((line) => line.trim()).map((line) =>
      line.trim().split(/[\s,;]+/).map((each) => factor === 1 ? number(each) : Math.round(Number(each) * factor))),
    (value) => value.map((row) => row.map((each) => each / factor).join(' ')).join('\n'));
}

function group(title, fields, text) {
  const inputs = fields.map((field) => [field.name, input(field)]);
  const node = element('fieldset', {}, element('legend', {}, element('code', { textContent: title })),
    text ? element('small', { textContent: text }) : '', ...inputs.map(([, each]) => each.node));
  return {
    node,
    value: () => Object.fromEntries(inputs.map(([name, each]) => [name, each.value()])),
    fill: (value) => inputs.forEach(([name, each]) => value[name] !== undefined && each.fill(value[name])),
  };
}

function list(field, type) {
  const all = [];
  const place = element('div');
  const add = (value) => {
    const one = input({ ...field, name: `${field.name}[]`, text: '' }, type);
    const remove = element('button', { type: 'button', className: 'remove small', textContent: 'Remove' });
    const row = element('div', { className: 'element' }, remove, one.node);
    remove.onclick = () => { all.splice(all.indexOf(one), 1); row.remove(); };
    all.push(one);
    place.append(row);
    if (value !== undefined) one.fill(value);
  };
  const more = element('button', { type: 'button', className: 'small', textContent: `Add to ${field.name}` });
  more.onclick = () => add();
  return {
    node: element('fieldset', {}, element('legend', {}, element('code', { textContent: field.name })),
      field.text ? element('small', { textContent: field.text }) : '', place, more),
    value: () => all.map((each) => each.value()),
    fill: (values) => { all.length = 0; place.replaceChildren(); values.forEach(add); },
  };
}

// ---------------------------------------------------------------- a message

let form = null;
const kept = (name) => `framegate.try.${name}`;

function choose(name) {
  const message = named(requests(), name) ?? requests()[0];
  byId('message').value = message.name;
  history.replaceState(null, '', '#' + message.name);
  byId('about').textContent = (message.text ?? '').split('\n\n')[0];
  const inputs = message.fields.map((field) => [field.name, input(field)]);
  byId('fields').replaceChildren(...inputs.map(([, each]) => each.node));
  byId('trouble').textContent = '';
  form = {
    value: () => Object.fromEntries(inputs.map(([key, each]) => [key, each.value()])),
    fill: (value) => inputs.forEach(([key, each]) => value[key] !== undefined && each.fill(value[key])),
  };
  const last = sessionStorage.getItem(kept(message.name));
  if (last) form.fill(JSON.parse(last));
  else example();
}

const attempt = async (action) => {
  byId('trouble').textContent = '';
  try {
    await action();
  } catch (error) {
    byId('trouble').textContent = error.message;
  }
};

const example = () => attempt(async () => {
  const name = byId('message').value;
  const value = await (await ask('GET', 'admin/try/' + name)).json();
  if (byId('message').value === name) form.fill(value);
});

const send = () => attempt(async () => {
  const name = byId('message').value;
  const value = form.value();
  // Secrets are not kept.
  if (!/Login/.test(name)) sessionStorage.setItem(kept(name), JSON.stringify(value));
  byId('send').disabled = true;
  try {
    show(await (await ask('POST', 'admin/try/' + name, JSON.stringify(value), 'application/json')).json());
  } finally {
    byId('send').disabled = false;
  }
});

// ---------------------------------------------------------------- the answer

const SHOWN = 100;
const narrow = matchMedia('(max-width: 52rem)');

/** Long lists cut short, each with a line that says so. */
function cut(value) {
  if (Array.isArray(value)) {
    const some = value.slice(0, SHOWN).map(cut);
    return value.length > SHOWN ? [...some, `… and ${value.length - SHOWN} more`] : some;
  }
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cut(each)]));
  return value;
}

// Rows of numbers on one line, as they are read.
const compact = (json) => json.replace(/\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g, (all, inner) => `[${inner.replace(/\s+/g, ' ')}]`);

function show({ micros, request, reply }) {
  const failed = reply.name.startsWith('ErrorResponse');
  byId('answer-title').textContent = reply.name || `Message ${reply.id}`;
  byId('answer-title').classList.toggle('bad', failed);
  byId('facts').textContent = `id ${reply.id} · ${reply.bytes.toLocaleString('en')} bytes on the wire`
    + (reply.payloadBytes ? `, ${reply.payloadBytes.toLocaleString('en')} expanded` : '')
    + ` · ${(micros / 1000).toFixed(1)} ms, the connection's making included`;
  byId('tab-json').textContent = reply.json ? compact(JSON.stringify(cut(reply.json), null, 2)) : '';
  bytes(byId('tab-reply'), reply);
  bytes(byId('tab-sent'), request);
  const shapes = [];
  const message = named(contract.messages, reply.name);
  if (message && reply.json) collect(message.fields, reply.json, shapes);
  draw(shapes);
  byId('tabs').hidden = false;
  document.querySelector('[data-tab=drawing]').hidden = shapes.length === 0;
  tab(shapes.length > 0 ? 'drawing' : reply.json ? 'json' : 'reply');
  if (narrow.matches) byId('answer').scrollIntoView();
}

function tab(name) {
  for (const button of document.querySelectorAll('[data-tab]')) {
    button.setAttribute('aria-pressed', String(button.dataset.tab === name));
    byId('tab-' + button.dataset.tab).hidden = button.dataset.tab !== name;
  }
}

function bytes(place, frame) {
  const table = element('table', {}, element('thead', {}, element('tr', {},
    ...['at', 'bytes', 'field', 'value'].map((title) => element('th', { scope: 'col', textContent: title })))));
  const body = table.createTBody();
  let last = 'FRAME';
  for (const part of frame.parts ?? []) {
    if (part.place !== last) {
      const row = body.insertRow();
      row.className = 'place';
      row.append(element('td', { colSpan: 4, textContent: `expanded to ${frame.payloadBytes} bytes, counted anew:` }));
      last = part.place;
    }
    const row = body.insertRow();
    row.append(
      element('td', { textContent: part.offset }),
      element('td', { textContent: part.hex }),
      element('td', { title: part.path }, element('code', { textContent: part.path.replace(/.*\.(?=[^.]*$)/, '') }),
        element('small', { textContent: ' ' + part.type })),
      element('td', {}, part.value, part.note ? element('small', { textContent: ' ' + part.note }) : ''));
    row.cells[2].style.paddingLeft = part.depth * .9 + 'rem';
  }
  place.replaceChildren(table);
  if (frame.moreParts) place.append(element('p', { className: 'quiet', textContent: `… and ${frame.moreParts} parts more` }));
  if (frame.trouble) place.prepend(element('p', { className: 'bad', textContent: frame.trouble }));
}

// ---------------------------------------------------------------- the drawing

const MAX_SHAPES = 20000;

/** Lines, rings and points, wherever the contract says that numbers are degrees. */
function collect(fields, value, shapes) {
  const longitude = fields.find((field) => field.unit === '1e-7 degree' && /^longitude/.test(field.name));
  const latitude = fields.find((field) => field.unit === '1e-7 degree' && /^latitude/.test(field.name));
  if (longitude && latitude) shapes.push({ kind: 'point', points: [[value[longitude.name], value[latitude.name]]] });
  for (const field of fields) {
    if (isGeometry(field)) {
      const hole = named(fields, 'hole');
      shapes.push({ kind: !hole ? 'line' : value.hole ? 'ring hole' : 'ring', points: value[field.name] });
      continue;
    }
    const type = elementOf(field.type) ?? field.type;
    const record = named(contract.records, type);
    if (record) [value[field.name]].flat().forEach((each) => collect(record.fields, each, shapes));
  }
}

function draw(shapes) {
  const drawn = shapes.filter((shape) => shape.points.length > 0).slice(0, MAX_SHAPES);
  const place = byId('tab-drawing');
  if (drawn.length === 0) {
    place.replaceChildren();
    return;
  }
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of drawn.flatMap((shape) => shape.points)) {
    west = Math.min(west, x); east = Math.max(east, x); south = Math.min(south, y); north = Math.max(north, y);
  }
  // As far as a degree of longitude is shorter here than one of latitude.
  const narrowing = Math.cos((south + north) / 2 / 1e7 * Math.PI / 180);
  const size = Math.max((east - west) * narrowing, north - south, 1);
  const at = ([x, y]) => [((x - west) * narrowing / size * 1000).toFixed(1), ((north - y) / size * 1000).toFixed(1)];
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox',
    `-20 -20 ${(east - west) * narrowing / size * 1000 + 40} ${(north - south) / size * 1000 + 40}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${drawn.length} shapes`);
  for (const { kind, points } of drawn) {
    const node = document.createElementNS(space, kind === 'point' ? 'circle' : 'path');
    node.setAttribute('class', kind);
    if (kind === 'point') {
      const [x, y] = at(points[0]);
      Object.entries({ cx: x, cy: y, r: 3 }).forEach(([name, value]) => node.setAttribute(name, value));
    } else {
      node.setAttribute('d', 'M' + points.map((point) => at(point).join(' ')).join('L') + (kind === 'line' ? '' : 'Z'));
    }
    svg.append(node);
  }
  const more = shapes.length - drawn.length;
  const degrees = (value) => (value / 1e7).toFixed(4);
  place.replaceChildren(svg, element('p', { className: 'quiet',
    textContent: `${drawn.length} shapes${more > 0 ? ` of ${shapes.length}` : ''} from ${degrees(west)}, ${degrees(south)} to ${degrees(east)}, ${degrees(north)}` }));
}

// ---------------------------------------------------------------- the beginning

async function begin() {
  try {
    await ask('GET', 'admin/session');
  } catch {
    byId('login').hidden = false;
    return;
  }
  byId('login').hidden = true;
  contract = await (await ask('GET', 'protocol/contract.json')).json();
  byId('message').replaceChildren(...requests().map((message) =>
    element('option', { value: message.name, textContent: `${message.name} · ${message.id}` })));
  byId('main').hidden = false;
  choose(location.hash.slice(1));
}

byId('login').onsubmit = async (event) => {
  event.preventDefault();
  const { user, password } = byId('login').elements;
  byId('login-trouble').textContent = '';
  try {
    await ask('POST', 'admin/session', new URLSearchParams({ user: user.value, password: password.value }),
      'application/x-www-form-urlencoded');
    password.value = '';
    await begin();
  } catch (error) {
    byId('login-trouble').textContent = error.message;
  }
};
byId('message').onchange = () => choose(byId('message').value);
byId('request').onsubmit = (event) => { event.preventDefault(); send(); };
byId('example').onclick = example;
for (const button of document.querySelectorAll('[data-tab]')) button.onclick = () => tab(button.dataset.tab);
addEventListener('hashchange', () => contract && choose(location.hash.slice(1)));
begin();
