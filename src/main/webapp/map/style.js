// What the map looks like: colours by kind, widths by class and zoom.

const LIGHT = {
  ground: '#f5f2ec', halo: '#fffdf8', text: '#3a3630', waterText: '#2f6f93', quietText: '#6d6459', placeText: '#5b5470',
  select: '#d6007f',
  areas: {
    residential: '#ebe6dd', commercial: '#f1e2dd', industrial: '#e7e1ea', farmland: '#f3edd8', grass: '#deeac8',
    forest: '#c4dab2', park: '#d0e8bf', sport: '#c8e6d3', cemetery: '#cedcc6', school: '#f4ebd0', hospital: '#f7e0de',
    wetland: '#d5e6dc', rock: '#e0dcd5', glacier: '#e9f4f8', quarry: '#dad3ca', parking: '#e9e7e6', square: '#ebe7e2',
    water: '#aad3e8', other: '#ece9e2',
  },
  areaEdge: { water: '#8fbfd8', sport: '#a6cfb4', parking: '#d8d4d0' },
  building: '#d9cdc0', buildingEdge: '#bfae9d',
  protected: '#7aa96b', administrative: '#9a86b8',
  waterway: '#8fc3de', rail: '#6f6f7a', railGap: '#fbfaf7', boundary: '#9a86b8', barrier: '#a79e92', power: '#8d8d96',
  cliff: '#a08d78', treeRow: '#a9cc93', aerialway: '#57575f', ferry: '#5d9bc0', pipeline: '#9a9aa2', runway: '#cfcbd6',
  line: '#b3aca2',
  roads: {
    motorway: ['#e9967a', '#b9603f'], trunk: ['#f3b682', '#c07f45'], primary: ['#f9d291', '#c89b4e'],
    secondary: ['#fcebb0', '#c6b06a'], tertiary: ['#ffffff', '#b7b0a3'], street: ['#ffffff', '#cbc4b8'],
    service: ['#ffffff', '#d6d0c6'], calm: ['#f0ecf4', '#c6bfce'],
  },
  paths: { track: '#ab8f5f', cycleway: '#4d7fc4', footway: '#c27a68', bridleway: '#6f9a55', steps: '#b5563f' },
  turns: { forbidden: '#c62f27', only: '#2a62b0', ground: '#ffffff' },
  node: '#8a8175', nodes: {
    'traffic signals': '#d33b2f', crossing: '#3b73b9', stop: '#b3261e', 'give way': '#d98324', 'mini roundabout': '#5f8f3f',
    'motorway junction': '#2f6fb3', 'turning circle': '#7b7267', 'level crossing': '#5a5a64', 'toll booth': '#7b4fa3',
    barrier: '#a0522d', 'border control': '#7b4fa3',
  },
};

const DARK = {
  ground: '#171b1f', halo: '#14181b', text: '#d8dbdd', waterText: '#7fb9d8', quietText: '#98a1a8', placeText: '#b5a9d1',
  select: '#ff5fb8',
  areas: {
    residential: '#1f2428', commercial: '#2a2426', industrial: '#25242c', farmland: '#22241e', grass: '#1f2a1f',
    forest: '#1b2d22', park: '#1e3324', sport: '#1c332b', cemetery: '#222e26', school: '#2c2920', hospital: '#31262a',
    wetland: '#1c2c2e', rock: '#26282a', glacier: '#2a363d', quarry: '#2a2a2a', parking: '#252a2f', square: '#292d31',
    water: '#16374b', other: '#1e2327',
  },
  areaEdge: { water: '#20506b', sport: '#2b4c40', parking: '#30363c' },
  building: '#30363d', buildingEdge: '#454d56',
  protected: '#4c7a4a', administrative: '#85739f',
  waterway: '#23597a', rail: '#8b93a0', railGap: '#20252a', boundary: '#85739f', barrier: '#4c5359', power: '#5c636b',
  cliff: '#5c544a', treeRow: '#2f4f36', aerialway: '#9aa1a8', ferry: '#3d7ea3', pipeline: '#5c636b', runway: '#3a3e48',
  line: '#454c53',
  roads: {
    motorway: ['#b8613f', '#e08a66'], trunk: ['#9a6a3c', '#c8945f'], primary: ['#86703f', '#b29a62'],
    secondary: ['#6c6443', '#938a62'], tertiary: ['#4c535b', '#6a727b'], street: ['#3d444c', '#565e67'],
    service: ['#343a41', '#474e56'], calm: ['#3b3945', '#565364'],
  },
  paths: { track: '#8a774f', cycleway: '#5f90d6', footway: '#a96f60', bridleway: '#6f9a55', steps: '#c26a52' },
  turns: { forbidden: '#ff6f61', only: '#3f7fd6', ground: '#10161b' },
  node: '#7f8890', nodes: {
    'traffic signals': '#ff6f61', crossing: '#6fa8e8', stop: '#ff8a80', 'give way': '#f0a95b', 'mini roundabout': '#8fc46a',
    'motorway junction': '#6fa8e8', 'turning circle': '#a8a095', 'level crossing': '#b8b8c2', 'toll booth': '#b58be0',
    barrier: '#d08a5f', 'border control': '#b58be0',
  },
};

export const palette = (dark) => (dark ? DARK : LIGHT);

/** The areas that are filled, from the ground up. */
export const AREA_ORDER = [
  'other', 'residential', 'commercial', 'industrial', 'farmland', 'rock', 'grass', 'forest', 'park', 'school',
  'hospital', 'cemetery', 'wetland', 'glacier', 'quarry', 'square', 'parking', 'water', 'sport',
];

/** Roads with a casing, the least first: what they look like, and their width in pixels at zoom 16. */
export const ROADS = [
  ['service', 'service', 3.2], ['pedestrian', 'calm', 5], ['living street', 'calm', 6], ['residential', 'street', 6.5],
  ['unclassified', 'street', 6.5], ['other', 'street', 4], ['tertiary link', 'tertiary', 6], ['tertiary', 'tertiary', 8],
  ['secondary link', 'secondary', 6.5], ['secondary', 'secondary', 9], ['primary link', 'primary', 7],
  ['primary', 'primary', 10], ['trunk link', 'trunk', 7.5], ['trunk', 'trunk', 11], ['motorway link', 'motorway', 7.5],
  ['motorway', 'motorway', 12],
];

/** Ways without one: colour, width at zoom 16 and dashes, in pixels. */
export const PATHS = [
  ['track', 'track', 1.5, [6, 3]], ['path', 'footway', 1.1, [3, 2.5]], ['footway', 'footway', 1.2, [4, 2.5]],
  ['bridleway', 'bridleway', 1.3, [5, 3]], ['cycleway', 'cycleway', 1.5, [5, 2.5]], ['steps', 'steps', 3, [1.2, 1.4]],
];

/** Lines that are no roads, from the ground up: colour, width at zoom 16 and dashes. */
export const LINES = [
  ['drain', 'waterway', 1.4, []], ['stream', 'waterway', 2, []], ['canal', 'waterway', 4, []], ['river', 'waterway', 6, []],
  ['coastline', 'waterway', 1.5, []], ['pipeline', 'pipeline', 1.2, [6, 3]], ['barrier', 'barrier', 1, []],
  ['cliff', 'cliff', 1.4, [5, 1.5]], ['tree row', 'treeRow', 3, []], ['runway', 'runway', 14, []],
  ['ferry', 'ferry', 1.4, [7, 5]], ['other', 'line', 1, []],
];

/** Lines above the roads. */
export const OVERHEAD = [
  ['power line', 'power', 0.8, []], ['aerialway', 'aerialway', 1.4, [8, 3]], ['boundary', 'boundary', 1.2, [9, 3, 2, 3]],
];

/** A width in pixels at a zoom, from that at zoom 16: it grows more slowly than the map, so that it can be seen. */
export const widthAt = (at16, zoom) => Math.max(at16 < 2 ? 0.6 : 0.9, at16 * 2 ** ((zoom - 16) * 0.58));

/** The size of a road's name in pixels, 0 for none. */
export const nameSize = (roadClass, zoom) => {
  const major = /motorway|trunk|primary|secondary/.test(roadClass);
  const from = major ? 13.5 : /tertiary|residential|unclassified|pedestrian|living/.test(roadClass) ? 15 : 16.5;
  return zoom < from ? 0 : Math.min(14, (major ? 11 : 10) + (zoom - from) * 0.8);
};
