// The map page: asks for what is visible, keeps the answers, draws them, and follows mouse, fingers and keys.

import { decode } from './protocol.js';
import { Layer, Painter, featureAt } from './scene.js';
import { palette } from './style.js';
import { View, latitudeAt, longitudeAt, worldX, worldY } from './view.js';

const KINDS = ['polygons', 'polylines', 'links', 'nodes', 'turns'];
/** Asked for around the window, in parts of it, so that a small move needs no request. */
const MARGIN = 0.3;
const ASK_AFTER_MILLIS = 60;
const DRAW_AFTER_MILLIS = 90;
const UNKNOWN_ELEVATION = -(2 ** 31);
/** A drawing that takes no longer is made for every frame of a movement; else the last one is shifted meanwhile. */
const QUICK_DRAWING_MILLIS = 14;

const byId = (id) => document.getElementById(id);
const canvas = byId('map');
const context = canvas.getContext('2d', { alpha: false });
const picture = document.createElement('canvas');
const pictureContext = picture.getContext('2d', { alpha: false });
const darkness = matchMedia('(prefers-color-scheme: dark)');
const whole = new Intl.NumberFormat('en');

/** By kind: layer, level and box of the last answer; the request under way. */
const answers = Object.fromEntries(KINDS.map((kind) => [kind, {}]));
const state = { view: null, everything: null, selected: null, pictureView: null, drawingMillis: 0 };
let asking = 0, drawing = 0, frame = 0;

const isShown = (kind) => document.querySelector(`input[value=${kind}]`).checked;

// --- asking

function covers(answer, view) {
  const box = view.box();
  return answer.level === view.level && box.left >= answer.box.left && box.right <= answer.box.right
    && box.top >= answer.box.top && box.bottom <= answer.box.bottom;
}

function askSoon() {
  clearTimeout(asking);
  asking = setTimeout(ask, ASK_AFTER_MILLIS);
}

function ask() {
  const { view } = state;
  for (const kind of KINDS) {
    const answer = answers[kind];
    const done = answer.layer && covers(answer, view);
    const underWay = answer.request && covers(answer.request, view);
    if (!isShown(kind) || (done) || underWay) continue;
    load(kind, view);
  }
}

async function load(kind, view) {
  const answer = answers[kind];
  answer.request?.abort.abort();
  const request = { abort: new AbortController(), level: view.level, box: view.box(MARGIN) };
  answer.request = request;
  const { left, top, right, bottom } = request.box;
  const area = [longitudeAt(left), latitudeAt(bottom), longitudeAt(right), latitudeAt(top)].map((edge) => edge.toFixed(7));
  try {
    const response = await fetch(
      `../admin/map/features/${kind}?area=${area}&level=${view.level}`, { signal: request.abort.signal });
    if (response.status === 401) byId('sign-in').hidden = false;
    if (!response.ok) throw new Error(await sentence(response));
    const payload = await response.arrayBuffer();
    const records = decode(Number(response.headers.get('Framegate-Message-Id')), payload);
    Object.assign(answer, {
      layer: new Layer(kind, records, view), level: request.level, box: request.box, error: null,
      bytes: Number(response.headers.get('Framegate-Frame-Bytes')), payloadBytes: payload.byteLength,
      micros: Number(response.headers.get('Framegate-Answer-Micros')),
    });
    reselect(kind);
  } catch (error) {
    if (request.abort.signal.aborted) return;
    // A sentence of the server's, or the browser's own words where no server answered.
    answer.error = error instanceof TypeError ? 'The server cannot be reached; move the map to try again.' : error.message;
  }
  answer.request = null;
  draw();
  tell();
}

async function sentence(response) {
  const type = response.headers.get('Content-Type') ?? '';
  const text = type.startsWith('text/plain') ? await response.text() : '';
  return text || `The server answered with status ${response.status}.`;
}

/** The same feature in a newer answer, so that it stays selected. */
function reselect(kind) {
  const { selected } = state;
  if (selected?.layer.kind !== kind) return;
  const { layer } = answers[kind];
  const feature = layer.features.find((each) => each.record.id === selected.feature.record.id);
  if (feature) state.selected = { layer, feature };
}

// --- telling

const size = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB`
  : `${(bytes / 1e6).toFixed(2)} MB`);

function tell() {
  for (const kind of KINDS) {
    const { layer, bytes, micros, payloadBytes } = answers[kind];
    const known = layer && isShown(kind);
    byId(`${kind}-count`).textContent = known ? whole.format(layer.features.length) : '–';
    byId(`${kind}-bytes`).textContent = known ? size(bytes) : '–';
    byId(`${kind}-bytes`).title = known ? `${whole.format(payloadBytes)} bytes of payload` : '';
    byId(`${kind}-time`).textContent = known ? `${(micros / 1000).toFixed(1)} ms` : '–';
  }
  const shown = KINDS.filter(isShown);
  const missing = shown.filter((kind) => !answers[kind].layer || !covers(answers[kind], state.view));
  const error = missing.map((kind) => answers[kind].error).find((each) => each);
  byId('error').hidden = !error;
  byId('error').textContent = error ?? '';
  if (shown.some((kind) => answers[kind].request)) return;
  const layers = shown.map((kind) => answers[kind].layer).filter((layer) => layer);
  const visible = layers.reduce((sum, layer) => sum + layer.visible(state.view).length, 0);
  const bytes = shown.reduce((sum, kind) => sum + (answers[kind].bytes ?? 0), 0);
  byId('status').textContent =
    `${whole.format(visible)} features in view, level ${state.view.level}; ${size(bytes)} over TCP.`;
  document.body.dataset.state = error ? 'failed' : 'drawn';
  document.body.dataset.visible = visible;
}

function tellScale() {
  const { view } = state;
  const most = 110 * view.metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * [5, 2, 1].find((step) => step * power <= most);
  const words = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  byId('scale').setAttribute('aria-label', `Scale: ${words}`);
  byId('scale').firstElementChild.textContent = words;
  byId('scale').firstElementChild.style.width = `${metres / view.metresPerPixel}px`;
}

// --- drawing

function layers() {
  return Object.fromEntries(KINDS.filter(isShown).map((kind) => [kind, answers[kind].layer]));
}

/** Draws the features anew. */
function draw() {
  clearTimeout(drawing);
  drawing = 0;
  const { view } = state;
  const ratio = devicePixelRatio || 1;
  const begun = performance.now();
  picture.width = canvas.width;
  picture.height = canvas.height;
  new Painter(pictureContext, palette(darkness.matches)).paint(layers(), view, ratio, state.selected);
  state.pictureView = view;
  show();
  state.drawingMillis = performance.now() - begun;
}

/** Shows the picture where it now belongs; it may be a little old. */
function show() {
  const { view, pictureView } = state;
  if (!pictureView) return;
  const ratio = devicePixelRatio || 1;
  const factor = view.scale / pictureView.scale;
  const left = view.screenX(pictureView.x) - pictureView.width / 2 * factor;
  const top = view.screenY(pictureView.y) - pictureView.height / 2 * factor;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = palette(darkness.matches).ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, left * ratio, top * ratio, picture.width * factor, picture.height * factor);
}

function look(view) {
  state.view = view;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => {
    if (state.drawingMillis < QUICK_DRAWING_MILLIS) {
      draw();
    } else {
      show();
      clearTimeout(drawing);
      drawing = setTimeout(draw, DRAW_AFTER_MILLIS);
    }
    tellScale();
  });
  askSoon();
  clearTimeout(look.remember);
  look.remember = setTimeout(() => {
    const { view: { zoom, x, y } } = state;
    history.replaceState(null, '', `#${zoom.toFixed(2)}/${latitudeAt(y).toFixed(5)}/${longitudeAt(x).toFixed(5)}`);
    tell();
  }, 300);
}

function resize() {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(innerWidth * ratio);
  canvas.height = Math.round(innerHeight * ratio);
  if (state.view) {
    state.view = state.view.resized(innerWidth, innerHeight);
    draw();
    look(state.view);
  }
}

// --- one feature

function select(screenX, screenY, reach) {
  state.selected = featureAt(layers(), state.view, screenX, screenY, reach);
  if (state.selected) showRecord(state.selected);
  else closeRecord();
  draw();
}

const KIND_NAMES = { polygons: 'Polygon', polylines: 'Polyline', links: 'Link', nodes: 'Node' };
const degrees = (units) => (units / 1e7).toFixed(7) + '°';

function fieldText(name, value) {
  if (name === 'points') return `${value.length / 2} points, from ${degrees(value[1])}, ${degrees(value[0])}`;
  if (name === 'rings') {
    const points = value.reduce((sum, ring) => sum + ring.points.length / 2, 0);
    const holes = value.filter((ring) => ring.hole).length;
    return `${value.length} (${holes} holes), ${points} points`;
  }
  if (name === 'links') return value.join(', ');
  if (name.endsWith('E7')) return degrees(value);
  if (name === 'speedKmh') return value === 0 ? 'not known' : value < 0 ? 'no limit' : `${value} km/h`;
  if (name === 'lanes' && value === 0) return 'not known';
  return value === '' ? '–' : String(value);
}

const metres = (value) => `${Number(value.toFixed(2))} m`;
const because = (origin) => (origin === 'measured' ? 'measured' : origin === 'levels' ? '3 m a storey' : 'assumed');

function heightFields(building) {
  const { heightM, heightOrigin, minHeightM, levels, roofShape, roofHeightM, roofLevels } = building;
  return [
    ['height', `${metres(heightM)}, ${because(heightOrigin)}`],
    ['begins at', minHeightM ? metres(minHeightM) : 'the ground'],
    ['storeys', levels ? `${levels}${roofLevels ? ` and ${roofLevels} in the roof` : ''}` : 'not known'],
    ['roof', `${roofShape}${roofHeightM ? `, ${metres(roofHeightM)}` : ''}`],
  ];
}

function lineHeightFields({ level, levelOrigin, heightsCm, elevationsCm }) {
  const range = (all) => {
    const [least, most] = [Math.min(...all) / 100, Math.max(...all) / 100];
    return least === most ? metres(least) : `${metres(least)} to ${metres(most)}`;
  };
  const elevations = elevationsCm.filter((each) => each !== UNKNOWN_ELEVATION);
  return [
    ['level', `${level}, by ${levelOrigin}`],
    ['above ground', range(heightsCm)],
    ...(elevations.length ? [['above the sea', range(elevations)]] : []),
  ];
}

function turnFields(layer, record) {
  const isAbout = layer.kind === 'nodes' ? (rule) => rule.viaNode === record.id
    : layer.kind === 'links' ? (rule) => rule.fromLink === record.id || rule.toLink === record.id : () => false;
  return (answers.turns.layer?.features ?? []).map((each) => each.record).filter(isAbout).map((rule) => [
    'turn rule',
    [`${rule.rule === 'only' ? 'only' : 'no'} ${rule.turn}, link ${rule.fromLink} to ${rule.toLink}`, rule.vehicles,
      rule.except && `except ${rule.except}`, rule.condition].filter((each) => each).join('; '),
  ]);
}

/** The heights of a feature are asked for when it is clicked: from where it begins. */
async function askHeights(layer, record) {
  const [kind, fields] = layer.kind === 'polygons' ? ['buildings3d', heightFields] : ['heights', lineHeightFields];
  const points = record.points ?? record.rings?.[0]?.points;
  if (!points || (layer.kind === 'polygons' && record.kind !== 'building')) return [];
  const [longitude, latitude] = [points[0] / 1e7, points[1] / 1e7];
  const area = [longitude - 1e-6, latitude - 1e-6, longitude + 1e-6, latitude + 1e-6].map((edge) => edge.toFixed(7));
  const response = await fetch(`../admin/map/features/${kind}?area=${area}&level=0`);
  if (!response.ok) return [['heights', await sentence(response)]];
  const all = decode(Number(response.headers.get('Framegate-Message-Id')), await response.arrayBuffer());
  const own = all.find((each) => each.id === record.id && (kind === 'buildings3d' || `${each.kind}s` === layer.kind));
  return own ? fields(own) : [];
}

function addFields(fields) {
  const rows = document.createDocumentFragment();
  for (const [name, value] of fields) {
    const dt = document.createElement('dt');
    const dd = document.createElement('dd');
    dt.textContent = name;
    dd.textContent = value;
    rows.append(dt, dd);
  }
  byId('fields').append(rows);
}

function showRecord({ layer, feature: { record } }) {
  const what = record.roadClass ?? record.kind;
  byId('record-title').textContent = record.name || `${KIND_NAMES[layer.kind]}: ${what}`;
  byId('fields').replaceChildren();
  addFields([['record', KIND_NAMES[layer.kind]],
    ...Object.entries(record).map(([name, value]) => [name.replace(/E7$/, ''), fieldText(name, value)]),
    ...turnFields(layer, record)]);
  askHeights(layer, record).then((fields) => {
    if (state.selected?.feature.record === record) addFields(fields);
  }, () => { /* The page says elsewhere that the server cannot be reached; the record is shown without them. */ });
  byId('record').hidden = false;
  byId('status').textContent = `${KIND_NAMES[layer.kind]}, ${what}${record.name ? `, ${record.name}` : ''}.`;
}

function closeRecord() {
  byId('record').hidden = true;
  state.selected = null;
}

// --- mouse and fingers

const fingers = new Map();
let movedPixels = 0;

canvas.addEventListener('pointerdown', (event) => {
  if (event.button !== 0) return;
  canvas.setPointerCapture(event.pointerId);
  if (fingers.size === 0) movedPixels = 0;
  fingers.set(event.pointerId, event);
  canvas.classList.add('dragged');
});

canvas.addEventListener('pointermove', (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
  movedPixels += Math.abs(dx) + Math.abs(dy);
  let view = state.view.moved(-dx / fingers.size, -dy / fingers.size);
  const other = [...fingers.values()].find((each) => each.pointerId !== event.pointerId);
  if (other) {
    const gap = (each) => Math.hypot(each.clientX - other.clientX, each.clientY - other.clientY) || 1;
    view = view.zoomed(Math.log2(gap(event) / gap(before)),
      (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
  }
  fingers.set(event.pointerId, event);
  look(view);
});

function lift(event) {
  if (!fingers.delete(event.pointerId)) return;
  if (fingers.size === 0) canvas.classList.remove('dragged');
  if (event.type === 'pointerup' && fingers.size === 0 && movedPixels < 6) {
    select(event.clientX, event.clientY, event.pointerType === 'touch' ? 14 : 7);
  }
}
canvas.addEventListener('pointerup', lift);
canvas.addEventListener('pointercancel', lift);

canvas.addEventListener('wheel', (event) => {
  event.preventDefault();
  // Some browsers count lines; a line is about 16 pixels. A pinch on a touch pad comes as small steps with ctrlKey.
  const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
  const steps = Math.max(-1, Math.min(1, -pixels / (event.ctrlKey ? 60 : 240)));
  look(state.view.zoomed(steps, event.clientX, event.clientY));
}, { passive: false });

canvas.addEventListener('dblclick', (event) => look(state.view.zoomed(1, event.clientX, event.clientY)));

// --- keys and buttons

const showEverything = () => {
  if (state.everything) look(View.of(state.everything, innerWidth, innerHeight));
};
const STEP = 120;
const KEYS = {
  ArrowLeft: () => look(state.view.moved(-STEP, 0)), ArrowRight: () => look(state.view.moved(STEP, 0)),
  ArrowUp: () => look(state.view.moved(0, -STEP)), ArrowDown: () => look(state.view.moved(0, STEP)),
  '+': () => look(state.view.zoomed(0.5)), '=': () => look(state.view.zoomed(0.5)), '-': () => look(state.view.zoomed(-0.5)),
  0: showEverything, Enter: () => select(innerWidth / 2, innerHeight / 2, 24),
};

canvas.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || byId('record').hidden) return;
  closeRecord();
  draw();
  canvas.focus();
});

byId('in').addEventListener('click', () => look(state.view.zoomed(1)));
byId('out').addEventListener('click', () => look(state.view.zoomed(-1)));
byId('all').addEventListener('click', showEverything);
byId('close').addEventListener('click', () => {
  closeRecord();
  draw();
  canvas.focus();
});
document.querySelectorAll('input').forEach((box) => box.addEventListener('change', () => {
  if (state.selected && !isShown(state.selected.layer.kind)) closeRecord();
  ask();
  draw();
  tell();
}));
darkness.addEventListener('change', draw);
addEventListener('resize', resize);
addEventListener('hashchange', () => {
  const view = viewOfHash();
  if (view) look(view);
});

// --- the start

/** The view that the address names: #zoom/latitude/longitude. */
function viewOfHash() {
  const numbers = location.hash.slice(1).split('/').map(Number);
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return null;
  const [zoom, latitude, longitude] = numbers;
  return new View(worldX(longitude), worldY(latitude), zoom, innerWidth, innerHeight);
}

async function start() {
  if (innerWidth < 640) document.querySelector('details').open = false;
  try {
    const response = await fetch('../admin/map/data-sets', { cache: 'no-store' });
    byId('sign-in').hidden = response.status !== 401;
    if (!response.ok) throw new Error(await sentence(response));
    const served = (await response.json()).dataSets.find((each) => each.served);
    if (!served) throw new Error('No map is loaded yet; reload this page when it is.');
    byId('data-set').textContent = served.name;
    if (served.attribution) byId('attribution').firstElementChild.textContent = served.attribution;
    state.everything = served.extent;
  } catch (error) {
    byId('error').hidden = false;
    byId('error').textContent = error.message;
    byId('status').textContent = '';
    document.body.dataset.state = 'failed';
    return;
  }
  state.view = viewOfHash() ?? View.of(state.everything, innerWidth, innerHeight);
  resize();
  ask();
}

start();
