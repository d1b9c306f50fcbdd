// Draws answers on a canvas. The features of an answer are gathered into one path for each style, once, when it comes;
// drawing it is then a few strokes and fills under a transformation, whatever the zoom.

import { AREA_ORDER, LINES, OVERHEAD, PATHS, ROADS, nameSize, widthAt } from './style.js';
import { worldPixels, worldX, worldY } from './view.js';

const UNITS = 1e7;

/** An answer, made ready to be drawn and searched. Its coordinates are pixels at the zoom it was asked for, around a centre. */
export class Layer {
  constructor(kind, records, view) {
    this.kind = kind;
    this.x = view.x;
    this.y = view.y;
    this.scale = worldPixels(view.level);
    this.features = records.map((record) => this.feature(record));
    this.paths = new Map();
    for (const feature of this.features) {
      const { record } = feature;
      const key = kind === 'links' ? Math.sign(record.layer) + record.roadClass : record.kind;
      const path = this.paths.get(key) ?? new Path2D();
      this.paths.set(key, path);
      feature.lines.forEach((line) => trace(path, line, kind === 'polygons'));
    }
    this.names = kind === 'links' ? namedLines(this.features) : [];
  }

  feature(record) {
    const lines = 'longitudeE7' in record
      ? [this.project([record.longitudeE7, record.latitudeE7])]
      : record.rings ? record.rings.map((ring) => this.project(ring.points)) : [this.project(record.points)];
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (const line of lines) {
      for (let i = 0; i < line.length; i += 2) {
        left = Math.min(left, line[i]);
        right = Math.max(right, line[i]);
        top = Math.min(top, line[i + 1]);
        bottom = Math.max(bottom, line[i + 1]);
      }
    }
    return { record, lines, left, top, right, bottom };
  }

  project(units) {
    const line = new Float32Array(units.length);
    for (let i = 0; i < units.length; i += 2) {
      line[i] = (worldX(units[i] / UNITS) - this.x) * this.scale;
      line[i + 1] = (worldY(units[i + 1] / UNITS) - this.y) * this.scale;
    }
    return line;
  }

  /** How this layer's pixels become the view's: factor and shift. */
  placing(view) {
    return {
      factor: view.scale / this.scale,
      left: view.screenX(this.x),
      top: view.screenY(this.y),
    };
  }

  /** The features whose box touches the window. */
  visible(view, margin = 0) {
    const { factor, left, top } = this.placing(view);
    const l = (-margin - left) / factor, r = (view.width + margin - left) / factor;
    const t = (-margin - top) / factor, b = (view.height + margin - top) / factor;
    return this.features.filter((each) => each.right >= l && each.left <= r && each.bottom >= t && each.top <= b);
  }
}

function trace(path, line, closed) {
  path.moveTo(line[0], line[1]);
  for (let i = 2; i < line.length; i += 2) path.lineTo(line[i], line[i + 1]);
  if (closed) path.closePath();
}

/** Links of one name, joined at their nodes: a street has its name once, not at every crossing. */
function namedLines(features) {
  const byName = new Map();
  for (const feature of features) {
    const { name, roadClass } = feature.record;
    if (name && !roadClass.endsWith('link')) {
      const key = name + '\n' + roadClass;
      byName.set(key, [...(byName.get(key) ?? []), feature]);
    }
  }
  const lines = [];
  for (const group of byName.values()) {
    const ends = new Map();
    for (const each of group) {
      for (const end of [each.record.fromNode, each.record.toNode]) ends.set(end, [...(ends.get(end) ?? []), each]);
    }
    const used = new Set();
    for (const first of group) {
      if (used.has(first)) continue;
      used.add(first);
      let points = [...first.lines[0]];
      let [head, tail] = [first.record.fromNode, first.record.toNode];
      const next = (end) => ends.get(end).find((each) => !used.has(each));
      for (let each = next(tail); each; each = next(tail)) {
        used.add(each);
        const onward = each.record.fromNode === tail;
        points = points.concat(onward ? [...each.lines[0]] : reversed(each.lines[0]));
        tail = onward ? each.record.toNode : each.record.fromNode;
      }
      for (let each = next(head); each; each = next(head)) {
        used.add(each);
        const onward = each.record.toNode === head;
        points = (onward ? [...each.lines[0]] : reversed(each.lines[0])).concat(points);
        head = onward ? each.record.fromNode : each.record.toNode;
      }
      lines.push({ name: first.record.name, roadClass: first.record.roadClass, points });
    }
  }
  const rank = new Map(ROADS.map(([roadClass], index) => [roadClass, index]));
  return lines.sort((a, b) => (rank.get(b.roadClass) ?? -1) - (rank.get(a.roadClass) ?? -1));
}

function reversed(line) {
  const points = [];
  for (let i = line.length - 2; i >= 0; i -= 2) points.push(line[i], line[i + 1]);
  return points;
}

/** Draws layers, by kind, as they are seen in a view. */
export class Painter {
  constructor(context, colours) {
    this.context = context;
    this.colours = colours;
  }

  paint(layers, view, ratio, selected) {
    const { context, colours } = this;
    this.view = view;
    this.ratio = ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.setLineDash([]);
    context.fillStyle = colours.ground;
    context.fillRect(0, 0, view.width, view.height);
    context.lineJoin = 'round';
    context.lineCap = 'butt';
    const { polygons, polylines, links, nodes, turns } = layers;
    if (polygons) this.areas(polygons);
    if (polylines) this.lines(polylines, LINES);
    if (links) this.roads(links, -1);
    if (polygons) this.buildings(polygons);
    if (links) this.roads(links, 0);
    if (polylines) this.railways(polylines);
    if (links) this.roads(links, 1);
    if (polylines) this.lines(polylines, OVERHEAD);
    if (nodes) this.nodes(nodes);
    if (turns) this.turns(turns);
    if (selected && layers[selected.layer.kind]) this.selection(selected);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.setLineDash([]);
    const labels = new Labels(context, view, colours);
    if (polygons) labels.places(polygons);
    if (links) labels.roads(links);
    if (polygons) labels.areas(polygons);
  }

  /** Lets what follows be drawn in a layer's own pixels; widths are then in pixels over this factor. */
  enter(layer) {
    const { factor, left, top } = layer.placing(this.view);
    const { ratio } = this;
    this.context.setTransform(factor * ratio, 0, 0, factor * ratio, left * ratio, top * ratio);
    this.factor = factor;
  }

  stroke(path, colour, width, dashes = []) {
    const { context, factor } = this;
    context.strokeStyle = colour;
    context.lineWidth = width / factor;
    context.setLineDash(dashes.map((dash) => dash / factor));
    context.stroke(path);
  }

  areas(layer) {
    const { context, colours } = this;
    this.enter(layer);
    for (const kind of AREA_ORDER) {
      const path = layer.paths.get(kind);
      if (!path) continue;
      context.fillStyle = colours.areas[kind];
      context.fill(path);
      const edge = colours.areaEdge[kind];
      if (edge) this.stroke(path, edge, 0.7);
    }
    for (const [kind, width, dashes] of [['protected', 0.8, [3, 3]], ['administrative', 1, [9, 3, 2, 3]]]) {
      const path = layer.paths.get(kind);
      if (path) this.stroke(path, colours[kind], widthAt(width, this.view.zoom), dashes);
    }
  }

  buildings(layer) {
    const path = layer.paths.get('building');
    if (!path) return;
    this.enter(layer);
    this.context.fillStyle = this.colours.building;
    this.context.fill(path);
    if (this.view.zoom > 15.5) this.stroke(path, this.colours.buildingEdge, 0.7);
  }

  lines(layer, styles) {
    this.enter(layer);
    for (const [kind, colour, width, dashes] of styles) {
      const path = layer.paths.get(kind);
      if (path) this.stroke(path, this.colours[colour], widthAt(width, this.view.zoom), dashes);
    }
  }

  railways(layer) {
    const path = layer.paths.get('railway');
    if (!path) return;
    this.enter(layer);
    const width = Math.min(7, widthAt(3, this.view.zoom));
    this.stroke(path, this.colours.rail, width + 0.6);
    if (this.view.zoom > 12.5) this.stroke(path, this.colours.railGap, width - 0.9, [width * 2.6, width * 2.6]);
  }

  /** Roads below, on or above the ground: first all casings, then all fills, so that crossings are open. */
  roads(layer, level) {
    const { context, colours, view } = this;
    this.enter(layer);
    context.globalAlpha = level < 0 ? 0.45 : 1;
    for (const [roadClass, colour, width, dashes] of PATHS) {
      const path = layer.paths.get(level + roadClass);
      if (!path) continue;
      const scale = Math.max(0.8, widthAt(1, view.zoom));
      if (level > 0) this.stroke(path, colours.halo, widthAt(width, view.zoom) + 2);
      this.stroke(path, colours.paths[colour], widthAt(width, view.zoom), dashes.map((dash) => dash * scale));
    }
    for (const [roadClass, colour, at16] of ROADS) {
      const path = layer.paths.get(level + roadClass);
      const width = widthAt(at16, view.zoom);
      if (path && width > 1.6) {
        const edge = Math.max(0.6, width * 0.09) * (level > 0 ? 1.6 : 1);
        this.stroke(path, colours.roads[colour][1], width + 2 * edge, level < 0 ? [5, 3] : []);
      }
    }
    context.lineCap = level === 0 ? 'round' : 'butt';
    for (const [roadClass, colour, at16] of ROADS) {
      const path = layer.paths.get(level + roadClass);
      const width = widthAt(at16, view.zoom);
      // Too thin for a casing: then the casing's colour, which stands out from the ground, is the road.
      if (path) this.stroke(path, colours.roads[colour][width > 1.6 || /moto|trun|prim/.test(roadClass) ? 0 : 1], width);
    }
    context.lineCap = 'butt';
    context.globalAlpha = 1;
  }

  nodes(layer) {
    const { context, colours, view, ratio } = this;
    if (view.zoom < 13.5) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { factor, left, top } = layer.placing(view);
    const radius = Math.min(5, 0.9 + (view.zoom - 13.5) * 0.55);
    const byColour = new Map();
    for (const feature of layer.visible(view, 8)) {
      const colour = colours.nodes[feature.record.kind] ?? colours.node;
      const path = byColour.get(colour) ?? new Path2D();
      byColour.set(colour, path);
      const x = feature.left * factor + left, y = feature.top * factor + top;
      const size = colour === colours.node ? radius * 0.7 : radius + 0.6;
      path.moveTo(x + size, y);
      path.arc(x, y, size, 0, 2 * Math.PI);
    }
    context.setLineDash([]);
    context.lineWidth = 1;
    context.strokeStyle = colours.halo;
    for (const [colour, path] of byColour) {
      context.fillStyle = colour;
      context.fill(path);
      if (radius > 1.8) context.stroke(path);
    }
  }

  /** A sign beside the node: a bar in a red ring for what is forbidden, a blue disc for the only way. */
  turns(layer) {
    const { context, colours, view, ratio } = this;
    if (view.zoom < 14.5) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.setLineDash([]);
    const { factor, left, top } = layer.placing(view);
    const size = Math.min(6, 3 + (view.zoom - 14.5) * 0.8);
    const signs = new Map();
    // One sign for the rules of a node that are alike.
    for (const { record, left: x, top: y } of layer.visible(view, 16)) signs.set(record.viaNode + record.rule, [record, x, y]);
    for (const [record, x, y] of signs.values()) {
      const only = record.rule === 'only';
      const centreX = x * factor + left + (only ? -size - 3 : size + 3), centreY = y * factor + top - size - 3;
      context.beginPath();
      context.arc(centreX, centreY, size, 0, 2 * Math.PI);
      context.fillStyle = only ? colours.turns.only : colours.turns.ground;
      context.fill();
      context.lineWidth = size * 0.4;
      context.strokeStyle = only ? colours.turns.ground : colours.turns.forbidden;
      context.stroke();
      context.beginPath();
      context.moveTo(centreX - size * 0.5, centreY);
      context.lineTo(centreX + size * 0.5, centreY);
      context.stroke();
    }
  }

  selection({ layer, feature }) {
    const { context, colours } = this;
    this.enter(layer);
    const path = new Path2D();
    if (layer.kind === 'nodes') {
      path.arc(feature.left, feature.top, 8 / this.factor, 0, 2 * Math.PI);
    } else {
      feature.lines.forEach((line) => trace(path, line, layer.kind === 'polygons'));
    }
    if (layer.kind === 'polygons') {
      context.globalAlpha = 0.18;
      context.fillStyle = colours.select;
      context.fill(path);
      context.globalAlpha = 1;
    }
    this.stroke(path, colours.halo, 5);
    this.stroke(path, colours.select, 2.6);
  }
}

/** Names, each only where no other is: every one takes circles along its length, which are not taken twice. */
class Labels {
  constructor(context, view, colours) {
    this.context = context;
    this.view = view;
    this.colours = colours;
    this.taken = new Map();
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
  }

  places(layer) {
    const { view } = this;
    const size = Math.max(11, Math.min(16, 12 + (view.zoom - 11)));
    if (view.zoom > 15.5) return;
    this.context.font = `600 ${size}px system-ui, sans-serif`;
    const places = layer.visible(view).filter(({ record }) => record.kind === 'administrative' && record.name);
    // The smallest first: a country has room for its name where a village has none.
    for (const place of places.sort((a, b) => extent(a) - extent(b))) {
      this.atCentre(layer, place, size, this.colours.placeText, 1.25);
    }
  }

  areas(layer) {
    const { view } = this;
    if (view.zoom < 13) return;
    for (const feature of layer.visible(view)) {
      const { kind, name } = feature.record;
      if (!name || ['administrative', 'protected', 'residential', 'other'].includes(kind)) continue;
      const water = kind === 'water';
      this.context.font = `${water ? 'italic ' : ''}11px system-ui, sans-serif`;
      this.atCentre(layer, feature, 11, water ? this.colours.waterText : this.colours.quietText, 1);
    }
  }

  atCentre(layer, feature, size, colour, room) {
    const { view } = this;
    const { factor, left, top } = layer.placing(view);
    const width = this.context.measureText(feature.record.name).width;
    if ((feature.right - feature.left) * factor * room < width) return;
    const [x, y] = centre(feature.lines[0]);
    const at = { x: x * factor + left, y: y * factor + top, angle: 0 };
    if (this.take(at, width, size)) this.write(feature.record.name, at, colour);
  }

  roads(layer) {
    const { context, view } = this;
    const { factor, left, top } = layer.placing(view);
    for (const { name, roadClass, points } of layer.names) {
      const size = nameSize(roadClass, view.zoom);
      if (size === 0) continue;
      context.font = `${size}px system-ui, sans-serif`;
      const width = context.measureText(name).width;
      const line = new Float64Array(points.length);
      for (let i = 0; i < points.length; i += 2) {
        line[i] = points[i] * factor + left;
        line[i + 1] = points[i + 1] * factor + top;
      }
      let after = 0;
      for (const at of straightParts(line, width + 8, view)) {
        if (at.along >= after && this.take(at, width, size)) {
          this.write(name, at, this.colours.text);
          after = at.along + width + 380;
        }
      }
    }
  }

  /** Takes the room of a text, if it is free and in the window. */
  take({ x, y, angle }, width, size) {
    const { view } = this;
    if (x < -width / 2 || y < -size || x > view.width + width / 2 || y > view.height + size) return false;
    const radius = size * 0.75;
    const circles = [];
    const steps = Math.max(1, Math.ceil(width / size));
    for (let i = 0; i <= steps; i++) {
      const along = (i / steps - 0.5) * width;
      circles.push([x + Math.cos(angle) * along, y + Math.sin(angle) * along]);
    }
    const cell = 32;
    const near = ([cx, cy]) => {
      for (let i = -1; i <= 1; i++) {
        for (let j = -1; j <= 1; j++) {
          const others = this.taken.get((Math.floor(cx / cell) + i) + ',' + (Math.floor(cy / cell) + j)) ?? [];
          if (others.some((o) => Math.hypot(o[0] - cx, o[1] - cy) < radius + o[2])) return true;
        }
      }
      return false;
    };
    if (circles.some(near)) return false;
    for (const [cx, cy] of circles) {
      const key = Math.floor(cx / cell) + ',' + Math.floor(cy / cell);
      this.taken.set(key, [...(this.taken.get(key) ?? []), [cx, cy, radius]]);
    }
    return true;
  }

  write(text, { x, y, angle }, colour) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.lineWidth = 3;
    context.strokeStyle = this.colours.halo;
    context.globalAlpha = 0.85;
    context.strokeText(text, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.fillText(text, 0, 0);
    context.restore();
  }
}

const extent = (feature) => (feature.right - feature.left) * (feature.bottom - feature.top);

/** The centre of gravity of a ring. */
function centre(ring) {
  let area = 0, x = 0, y = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const cross = ring[j] * ring[i + 1] - ring[i] * ring[j + 1];
    area += cross;
    x += (ring[j] + ring[i]) * cross;
    y += (ring[j + 1] + ring[i + 1]) * cross;
  }
  return area === 0 ? [ring[0], ring[1]] : [x / (3 * area), y / (3 * area)];
}

/** Where along a line a text of some length fits: nearly straight, and its middle in the window. */
function* straightParts(line, length, view) {
  const along = new Float64Array(line.length / 2);
  for (let i = 1; i < along.length; i++) {
    along[i] = along[i - 1] + Math.hypot(line[2 * i] - line[2 * i - 2], line[2 * i + 1] - line[2 * i - 1]);
  }
  const total = along[along.length - 1];
  let segment = 0;
  const at = (distance) => {
    while (segment > 0 && along[segment] > distance) segment--;
    while (segment < along.length - 2 && along[segment + 1] < distance) segment++;
    const part = (distance - along[segment]) / (along[segment + 1] - along[segment] || 1);
    const i = 2 * segment;
    return [line[i] + (line[i + 2] - line[i]) * part, line[i + 1] + (line[i + 3] - line[i + 1]) * part];
  };
  const step = Math.max(16, length / 4);
  for (let from = Math.max(0, (total - length) / 2 % step); from + length <= total; from += step) {
    const [ax, ay] = at(from), [bx, by] = at(from + length), [mx, my] = at(from + length / 2);
    if (mx < 0 || my < 0 || mx > view.width || my > view.height) continue;
    const chord = Math.hypot(bx - ax, by - ay);
    const bow = Math.hypot(mx - (ax + bx) / 2, my - (ay + by) / 2);
    if (chord < length * 0.97 || bow > 4) continue;
    let angle = Math.atan2(by - ay, bx - ax);
    if (angle > Math.PI / 2 || angle <= -Math.PI / 2) angle += Math.PI;
    yield { x: mx, y: my, angle, along: from };
  }
}

/** What is at a pixel: a node or line within reach, else the smallest area around it. */
export function featureAt(layers, view, screenX, screenY, reach) {
  let best = null;
  for (const kind of ['nodes', 'links', 'polylines']) {
    const layer = layers[kind];
    if (!layer) continue;
    const { factor, left, top } = layer.placing(view);
    const x = (screenX - left) / factor, y = (screenY - top) / factor, far = reach / factor;
    for (const feature of layer.features) {
      if (x < feature.left - far || x > feature.right + far || y < feature.top - far || y > feature.bottom + far) continue;
      // A node lies on a link, so it is preferred from a little further away.
      const distance = distanceTo(feature.lines[0], x, y) * factor - (kind === 'nodes' ? 3 : 0);
      if (distance <= reach && (!best || distance < best.distance)) best = { layer, feature, distance };
    }
    if (best && kind === 'nodes' && view.zoom < 13.5) best = null;
  }
  if (best || !layers.polygons) return best;
  const layer = layers.polygons;
  const { factor, left, top } = layer.placing(view);
  const x = (screenX - left) / factor, y = (screenY - top) / factor;
  for (const feature of layer.features) {
    if (x < feature.left || x > feature.right || y < feature.top || y > feature.bottom) continue;
    const inside = feature.lines.reduce((odd, line) => odd !== isInside(line, x, y), false);
    if (inside && (!best || extent(feature) < extent(best.feature))) best = { layer, feature };
  }
  return best;
}

function distanceTo(line, x, y) {
  let least = Math.hypot(line[0] - x, line[1] - y);
  for (let i = 2; i < line.length; i += 2) {
    const ax = line[i - 2], ay = line[i - 1], dx = line[i] - ax, dy = line[i + 1] - ay;
    const part = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(ax + part * dx - x, ay + part * dy - y));
  }
  return least;
}

function isInside(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    if (ring[i + 1] > y !== ring[j + 1] > y
      && x < (ring[j] - ring[i]) * (y - ring[i + 1]) / (ring[j + 1] - ring[i + 1]) + ring[i]) inside = !inside;
  }
  return inside;
}
