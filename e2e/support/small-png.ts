import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const paletteSize = 256;

/**
 * Writes a picture of a screen again with at most 256 colours, at a third of the size or less: text and flat areas
 * keep their exact colours, rare shades of smoothed edges go to the nearest frequent one. Takes what Chromium
 * writes (8 bits a channel, RGB or RGBA, not interlaced; PNG third edition).
 */
export function smallPng(picture: Buffer): Buffer {
  const { width, height, channels, data } = decode(picture);
  const colours = new Map<number, number>();
  const pixels = new Uint32Array(width * height);
  for (let at = 0, from = 0; at < pixels.length; at += 1, from += channels) {
    const colour = (data[from]! << 16) | (data[from + 1]! << 8) | data[from + 2]!;
    pixels[at] = colour;
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  const palette = choosePalette(colours);
  const places = new Map<number, number>();
  for (const colour of colours.keys()) places.set(colour, nearest(palette, colour));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    // Filter 0 (none): the best one for a palette.
    for (let x = 0; x < width; x += 1, at += 1) rows[y * (width + 1) + 1 + x] = places.get(pixels[at]!)!;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => channelsOf(colour)))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channelsOf(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function distance(a: number, b: number): number {
  const [r1, g1, b1] = channelsOf(a);
  const [r2, g2, b2] = channelsOf(b);
  return 2 * (r1 - r2) ** 2 + 4 * (g1 - g2) ** 2 + 3 * (b1 - b2) ** 2;
}

/** The most frequent colours, but none that one already taken stands for well enough. */
function choosePalette(colours: Map<number, number>): number[] {
  const byCount = [...colours].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  for (let apart = 0; ; apart = apart * 2 + 4) {
    const palette: number[] = [];
    for (const colour of byCount) {
      if (palette.length > paletteSize) break;
      if (palette.length < 32 || palette.every((taken) => distance(taken, colour) > apart))
        palette.push(colour);
    }
    if (palette.length <= paletteSize) return palette;
  }
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, each] of palette.entries()) {
    const far = distance(each, colour);
    if (far < least) {
      best = place;
      least = far;
    }
  }
  return best;
}

interface Picture {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
}

function decode(picture: Buffer): Picture {
  if (!picture.subarray(0, 8).equals(signature)) throw new Error('not a PNG');
  const parts: Buffer[] = [];
  let header: Buffer | undefined;
  for (let at = 8; at < picture.length;) {
    const length = picture.readUInt32BE(at);
    const type = picture.toString('latin1', at + 4, at + 8);
    const content = picture.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = content;
    if (type === 'IDAT') parts.push(content);
    at += length + 12;
  }
  const kind = header?.[9];
  if (!header || header[8] !== 8 || (kind !== 2 && kind !== 6) || header[12] !== 0) {
    throw new Error('not a PNG as Chromium writes it');
  }
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const channels = kind === 6 ? 4 : 3;
  return {
    width,
    height,
    channels,
    data: unfilter(inflateSync(Buffer.concat(parts)), width * channels, height, channels),
  };
}

function unfilter(raw: Buffer, stride: number, height: number, step: number): Uint8Array {
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= step ? data[at - step]! : 0;
      const up = y > 0 ? data[at - stride]! : 0;
      const corner = x >= step && y > 0 ? data[at - stride - step]! : 0;
      data[at] = raw[y * (stride + 1) + 1 + x]! + predict(filter, left, up, corner);
    }
  }
  return data;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      if (a <= b && a <= c) return left;
      return b <= c ? up : corner;
    }
    default:
      return 0;
  }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xed_b8_83_20 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc(bytes: Buffer): number {
  let value = 0xff_ff_ff_ff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xff_ff_ff_ff) >>> 0;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}
