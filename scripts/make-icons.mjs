/**
 * `npm run icons`: draws every icon from assets/icons/tidemark.svg, by Chromium. The results are committed, so this
 * runs only when the source changes. Windows' .ico and macOS's .icns are containers of the same PNG pictures.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT } from './checkout.mjs';

const ICONS = path.join(ROOT, 'assets', 'icons');
const TRAY = path.join(ICONS, 'tray');
const TRAY_PICTURES = ['idle', 'running-1', 'running-2', 'attention', 'paused'];
/** Seen on light and on dark panels alike. */
const TRAY_COLOUR = '#1f9fad';
const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const WINDOWS_SIZES = [16, 24, 32, 48, 64, 256];
const TRAY_WINDOWS_SIZES = [16, 20, 24, 32];
/** Type codes of PNG pictures in an .icns file. */
const MACOS_TYPES = { icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };

const source = readFileSync(path.join(ICONS, 'tidemark.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.TEST_HOST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--force-color-profile=srgb'],
});
try {
  const page = await browser.newPage();
  mkdirSync(path.join(ICONS, 'linux'), { recursive: true });
  mkdirSync(TRAY, { recursive: true });

  /**
   * @param {string} symbol
   * @param {number} size
   * @param {string} [colour]
   */
  const draw = async (symbol, size, colour = '#000000') => {
    await page.setViewportSize({ width: size, height: size });
    const picture = `<svg width="${size}" height="${size}"><use href="#${symbol}" width="${size}" height="${size}"/></svg>`;
    const hidden = source.replace('<svg ', '<svg style="position:absolute;width:0;height:0" ');
    await page.setContent(`<body style="margin:0;color:${colour};font-size:0">${hidden}${picture}</body>`);
    return page.screenshot({ omitBackground: true, type: 'png' });
  };

  for (const size of LINUX_SIZES) {
    writeFileSync(path.join(ICONS, 'linux', `${size}x${size}.png`), await draw('app', size));
  }
  writeFileSync(path.join(ICONS, 'tidemark.png'), await draw('app', 1024));
  writeFileSync(path.join(ICONS, 'tidemark.ico'), packIco(await drawAll('app', WINDOWS_SIZES)));
  writeFileSync(
    path.join(ICONS, 'tidemark.icns'),
    packIcns(await drawAll('app', Object.values(MACOS_TYPES))),
  );
  for (const picture of TRAY_PICTURES) {
    writeFileSync(path.join(TRAY, `${picture}.png`), await draw(picture, 32, TRAY_COLOUR));
    writeFileSync(path.join(TRAY, `${picture}Template.png`), await draw(picture, 16));
    writeFileSync(path.join(TRAY, `${picture}Template@2x.png`), await draw(picture, 32));
    const all = await drawAll(picture, TRAY_WINDOWS_SIZES, TRAY_COLOUR);
    writeFileSync(path.join(TRAY, `${picture}.ico`), packIco(all));
  }

  /**
   * @param {string} symbol
   * @param {readonly number[]} sizes
   * @param {string} [colour]
   */
  async function drawAll(symbol, sizes, colour) {
    const pictures = [];
    for (const size of sizes) pictures.push({ size, png: await draw(symbol, size, colour) });
    return pictures;
  }
} finally {
  await browser.close();
}

/**
 * Header, then a row of 16 bytes per picture (width, height, 0, 0, planes, bits, length, offset), then the pictures.
 * @param {readonly { size: number, png: Buffer }[]} pictures
 */
function packIco(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [at, { size, png }] of pictures.entries()) {
    const row = 6 + 16 * at;
    // 0 stands for 256.
    header.writeUInt8(size % 256, row);
    header.writeUInt8(size % 256, row + 1);
    header.writeUInt16LE(1, row + 4);
    header.writeUInt16LE(32, row + 6);
    header.writeUInt32LE(png.length, row + 8);
    header.writeUInt32LE(offset, row + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/**
 * "icns" and the whole length, then for each picture its type, its length with this head of 8 bytes, and the PNG.
 * @param {readonly { size: number, png: Buffer }[]} pictures
 */
function packIcns(pictures) {
  const parts = Object.entries(MACOS_TYPES).map(([type, size]) => {
    const png = pictures.find((picture) => picture.size === size)?.png ?? Buffer.alloc(0);
    return Buffer.concat([head(type, png.length + 8), png]);
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([head('icns', body.length + 8), body]);
}

/**
 * @param {string} type
 * @param {number} length
 */
function head(type, length) {
  const bytes = Buffer.alloc(8);
  bytes.write(type, 0, 'latin1');
  bytes.writeUInt32BE(length, 4);
  return bytes;
}
