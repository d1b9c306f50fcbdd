// The payloads of the map's messages, read as the protocol lays them out: little-endian, nothing padded, the fields of a
// record in order. Each record type is documented in its Java record of the same name.

const ROAD_CLASSES = {
  0: 'other', 1: 'motorway', 2: 'trunk', 3: 'primary', 4: 'secondary', 5: 'tertiary', 6: 'unclassified', 7: 'residential',
  8: 'living street', 9: 'service', 10: 'pedestrian', 11: 'track', 12: 'cycleway', 13: 'footway', 14: 'path', 15: 'steps',
  16: 'bridleway', 101: 'motorway link', 102: 'trunk link', 103: 'primary link', 104: 'secondary link',
  105: 'tertiary link',
};
const DIRECTIONS = ['both', 'forward', 'backward'];
const NODE_KINDS = [
  'plain', 'traffic signals', 'crossing', 'stop', 'give way', 'mini roundabout', 'motorway junction', 'turning circle',
  'level crossing', 'toll booth', 'barrier', 'border control',
];
const POLYGON_KINDS = [
  'other', 'building', 'water', 'forest', 'grass', 'farmland', 'residential', 'commercial', 'industrial', 'park',
  'parking', 'sport', 'cemetery', 'school', 'hospital', 'wetland', 'rock', 'glacier', 'protected', 'administrative',
  'square', 'quarry', 'island',
];
const POLYLINE_KINDS = [
  'other', 'railway', 'river', 'stream', 'canal', 'drain', 'coastline', 'barrier', 'power line', 'aerialway', 'boundary',
  'cliff', 'tree row', 'pipeline', 'runway', 'ferry',
];
const PASS_RULES = ['forbidden', 'only'];
const TURNS = ['straight', 'left', 'right', 'U-turn', 'entry', 'exit'];
const HEIGHT_ORIGINS = ['default', 'levels', 'measured'];
const LEVEL_ORIGINS = ['ground', 'layer', 'bridge', 'tunnel', 'neighbour'];
const LINE_KINDS = ['', 'link', 'polyline'];
const ROOF_SHAPES = [
  'unknown', 'flat', 'skillion', 'gabled', 'half hipped', 'hipped', 'pyramidal', 'gambrel', 'mansard', 'dome', 'onion',
  'round', 'saltbox', 'cone', 'other',
];

/** Reads fields one after the other; a payload that ends early throws a RangeError. */
class PayloadReader {
  constructor(buffer) {
    this.view = new DataView(buffer);
    this.at = 0;
    this.utf8 = new TextDecoder('utf-8', { fatal: true });
  }

  int8() {
    return this.view.getInt8(this.at++);
  }

  int16() {
    this.at += 2;
    return this.view.getInt16(this.at - 2, true);
  }

  int32() {
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }

  /** As a number: exact up to 2^53, and OpenStreetMap's ids are far below that. */
  int64() {
    this.at += 8;
    return this.view.getUint32(this.at - 8, true) + this.view.getInt32(this.at - 4, true) * 0x1_0000_0000;
  }

  float32() {
    this.at += 4;
    return this.view.getFloat32(this.at - 4, true);
  }

  narrowText() {
    const bytes = this.int32();
    this.at += bytes;
    return bytes === 0 ? '' : this.utf8.decode(new Uint8Array(this.view.buffer, this.at - bytes, bytes));
  }

  /** Longitudes and latitudes in turn, in 1e-7 degree; on the wire each but the first is a difference. */
  points() {
    const units = new Int32Array(this.int32());
    for (let i = 0; i < units.length; i++) {
      units[i] = this.int32() + (i < 2 ? 0 : units[i - 2]);
    }
    return units;
  }

  list(element) {
    const elements = new Array(this.int32());
    for (let i = 0; i < elements.length; i++) {
      elements[i] = element(this);
    }
    return elements;
  }

  end() {
    const left = this.view.byteLength - this.at;
    if (left !== 0) throw new RangeError(`${left} bytes follow the last field`);
  }
}

// Fields of an object literal are evaluated in order, which is the order on the wire.

const link = (in_) => ({
  id: in_.int64(), version: in_.int32(), fromNode: in_.int64(), toNode: in_.int64(),
  roadClass: ROAD_CLASSES[in_.int32()] ?? 'other', direction: DIRECTIONS[in_.int32()] ?? 'both', lanes: in_.int8(),
  speedKmh: in_.int16(), layer: in_.int8(), minZoom: in_.int8(), name: in_.narrowText(), points: in_.points(),
});

const node = (in_) => ({
  id: in_.int64(), version: in_.int32(), kind: NODE_KINDS[in_.int32()] ?? 'plain', longitudeE7: in_.int32(),
  latitudeE7: in_.int32(), minZoom: in_.int8(), name: in_.narrowText(), links: in_.list((each) => each.int64()),
});

const ring = (in_) => ({ hole: in_.int8() === 1, points: in_.points() });

const polygon = (in_) => ({
  id: in_.int64(), version: in_.int32(), kind: POLYGON_KINDS[in_.int32()] ?? 'other', layer: in_.int8(),
  minZoom: in_.int8(), name: in_.narrowText(), rings: in_.list(ring),
});

const polyline = (in_) => ({
  id: in_.int64(), version: in_.int32(), kind: POLYLINE_KINDS[in_.int32()] ?? 'other', layer: in_.int8(),
  minZoom: in_.int8(), name: in_.narrowText(), points: in_.points(),
});

const turn = (in_) => ({
  id: in_.int64(), version: in_.int32(), fromLink: in_.int64(), viaNode: in_.int64(),
  viaLinks: in_.list((each) => each.int64()), toLink: in_.int64(), rule: PASS_RULES[in_.int32()] ?? 'forbidden',
  turn: TURNS[in_.int32()] ?? '', longitudeE7: in_.int32(), latitudeE7: in_.int32(), minZoom: in_.int8(),
  vehicles: in_.narrowText(), except: in_.narrowText(), condition: in_.narrowText(),
});

const building = (in_) => ({
  id: in_.int64(), version: in_.int32(), part: in_.int8() === 1, heightM: in_.float32(),
  heightOrigin: HEIGHT_ORIGINS[in_.int32()], minHeightM: in_.float32(), minHeightOrigin: HEIGHT_ORIGINS[in_.int32()],
  levels: in_.int16(), minLevel: in_.int16(), roofShape: ROOF_SHAPES[in_.int32()] ?? 'other', roofHeightM: in_.float32(),
  roofHeightOrigin: HEIGHT_ORIGINS[in_.int32()], roofLevels: in_.int16(), minZoom: in_.int8(),
});

const heights = (in_) => ({
  id: in_.int64(), kind: LINE_KINDS[in_.int32()], version: in_.int32(), levelOrigin: LEVEL_ORIGINS[in_.int32()],
  level: in_.int8(), minZoom: in_.int8(), heightsCm: in_.list((each) => each.int32()),
  elevationsCm: in_.list((each) => each.int32()),
});

const ANSWERS = {
  500301: polyline, 500401: polygon, 500501: link, 500601: node, 500701: turn, 500801: building, 500901: heights,
};

/**
 * The records of an answer.
 *
 * @param {number} id the message's id
 * @param {ArrayBuffer} payload all of its fields
 * @throws {RangeError|TypeError} for a payload that does not follow the layout, or a message that is not known
 */
export function decode(id, payload) {
  const element = ANSWERS[id];
  if (!element) throw new TypeError(`message ${id} is not known here`);
  const reader = new PayloadReader(payload);
  const records = reader.list(element);
  reader.end();
  return records;
}
