// Where the window looks: Web Mercator, in which the world is a square of 1 × 1, its corner in the north-west.

const TILE = 256;
export const MIN_ZOOM = 3;
export const MAX_ZOOM = 20;
const MAX_LATITUDE = 85.0511;

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

export const worldX = (longitude) => (longitude + 180) / 360;
export const worldY = (latitude) => {
  const radians = clamp(latitude, -MAX_LATITUDE, MAX_LATITUDE) * Math.PI / 180;
  return (1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2;
};
export const longitudeAt = (x) => x * 360 - 180;
export const latitudeAt = (y) => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;

/** Pixels of CSS that the world is wide at a zoom. */
export const worldPixels = (zoom) => TILE * 2 ** zoom;

/** A centre, a zoom and the size of the window; never changed, each move makes another. */
export class View {
  constructor(x, y, zoom, width, height) {
    this.x = clamp(x, 0, 1);
    this.y = clamp(y, 0, 1);
    this.zoom = clamp(zoom, MIN_ZOOM, MAX_ZOOM);
    this.width = width;
    this.height = height;
    this.scale = worldPixels(this.zoom);
  }

  /** The view that shows all of a box of degrees, and a margin. */
  static of({ west, south, east, north }, width, height) {
    const left = worldX(west), right = worldX(east), top = worldY(north), bottom = worldY(south);
    const fit = Math.min(width / Math.max(right - left, 1e-9), height / Math.max(bottom - top, 1e-9)) * 0.94;
    return new View((left + right) / 2, (top + bottom) / 2, Math.log2(fit / TILE), width, height);
  }

  moved(pixelsX, pixelsY) {
    return new View(this.x + pixelsX / this.scale, this.y + pixelsY / this.scale, this.zoom, this.width, this.height);
  }

  /** Zoomed so that what is at a pixel stays there. */
  zoomed(steps, atX = this.width / 2, atY = this.height / 2) {
    const zoom = clamp(this.zoom + steps, MIN_ZOOM, MAX_ZOOM);
    const scale = worldPixels(zoom);
    const dx = atX - this.width / 2, dy = atY - this.height / 2;
    return new View(
      this.x + dx / this.scale - dx / scale, this.y + dy / this.scale - dy / scale, zoom, this.width, this.height);
  }

  resized(width, height) {
    return new View(this.x, this.y, this.zoom, width, height);
  }

  screenX(x) {
    return (x - this.x) * this.scale + this.width / 2;
  }

  screenY(y) {
    return (y - this.y) * this.scale + this.height / 2;
  }

  worldAt(screenX, screenY) {
    return [this.x + (screenX - this.width / 2) / this.scale, this.y + (screenY - this.height / 2) / this.scale];
  }

  /** The edges in the world, with a margin in parts of the window. */
  box(margin = 0) {
    const halfX = this.width * (0.5 + margin) / this.scale, halfY = this.height * (0.5 + margin) / this.scale;
    return {
      left: Math.max(0, this.x - halfX), top: Math.max(0, this.y - halfY),
      right: Math.min(1, this.x + halfX), bottom: Math.min(1, this.y + halfY),
    };
  }

  /** The detail to ask for: the features of this zoom. */
  get level() {
    return clamp(Math.round(this.zoom), 1, 20);
  }

  get metresPerPixel() {
    return 40_075_016.7 * Math.cos(latitudeAt(this.y) * Math.PI / 180) / this.scale;
  }
}
