/**
 * What a page plays and how it is connected, seen from inside the page. The client knows nothing
 * of it: the browser's own classes are watched from before the first script runs.
 */
import type { Page } from '@playwright/test';

/** The loudest frequency that a page plays, and how loud. */
export interface Heard {
  hertz: number;
  decibels: number;
}

interface Probe {
  hear(): Promise<Heard>;
  tlsVersions(): Promise<string[]>;
  protocols(): Promise<string[]>;
  /** When, by the machine's clock, a sound is first played from now on. */
  firstSound(): Promise<number>;
}

declare global {
  interface Window {
    koebaProbe: Probe;
  }
}

/** Nothing is played, or only silence. */
export const SILENCE: Heard = { hertz: 0, decibels: -200 };

export async function installProbe(page: Page): Promise<void> {
  await page.addInitScript(probe);
}

export async function hear(page: Page): Promise<Heard> {
  return page.evaluate(() => window.koebaProbe.hear());
}

/** The DTLS versions of the page's connected transports, in hexadecimal. */
export async function tlsVersions(page: Page): Promise<string[]> {
  return page.evaluate(() => window.koebaProbe.tlsVersions());
}

/** What the page's connected transports speak: `udp` or `tcp`. */
export async function protocols(page: Page): Promise<string[]> {
  return page.evaluate(() => window.koebaProbe.protocols());
}

/** Runs in the page; it may use nothing from outside itself. */
function probe(): void {
  const connections: RTCPeerConnection[] = [];
  const players = new Set<HTMLMediaElement>();
  const analysers = new Map<string, AnalyserNode>();
  let context: AudioContext | undefined;

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function watchedPlay(this: HTMLMediaElement) {
    players.add(this);
    return play.call(this);
  };

  /** The streams that a person at this page would hear now. */
  const audible = (): MediaStream[] =>
    [...new Set([...players, ...document.querySelectorAll('audio')])]
      .filter((player) => !player.paused && !player.muted && player.volume > 0)
      .map((player) => player.srcObject)
      .filter((source): source is MediaStream => source instanceof MediaStream)
      .filter((stream) => stream.getAudioTracks().some((track) => track.readyState === 'live'));

  const analyserOf = async (stream: MediaStream): Promise<AnalyserNode> => {
    context ??= new AudioContext({ sampleRate: 48_000 });
    if (context.state !== 'running') {
      await context.resume();
    }
    const known = analysers.get(stream.id);
    if (known) {
      return known;
    }
    const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(stream).connect(analyser);
    analysers.set(stream.id, analyser);
    return analyser;
  };

  const loudest = (analyser: AnalyserNode): { hertz: number; decibels: number } => {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let at = 1;
    for (let bin = 2; bin < bins.length - 1; bin += 1) {
      if ((bins[bin] ?? -200) > (bins[at] ?? -200)) {
        at = bin;
      }
    }
    const [left = -200, peak = -200, right = -200] = bins.subarray(at - 1, at + 2);
    if (!Number.isFinite(peak)) {
      return { hertz: 0, decibels: -200 };
    }
    // The peak of a parabola through three bins lies between them.
    const shift = (left - right) / (2 * (left - 2 * peak + right));
    const width = analyser.context.sampleRate / analyser.fftSize;
    return { hertz: (at + (Number.isFinite(shift) ? shift : 0)) * width, decibels: peak };
  };

  window.koebaProbe = {
    async hear() {
      let heard = { hertz: 0, decibels: -200 };
      for (const stream of audible()) {
        const one = loudest(await analyserOf(stream));
        if (one.decibels > heard.decibels) {
          heard = one;
        }
      }
      return heard;
    },

    async tlsVersions() {
      const versions: string[] = [];
      for (const connection of connections) {
        if (connection.connectionState !== 'connected') {
          continue;
        }
        for (const report of (await connection.getStats()).values()) {
          if (report.type === 'transport') {
            versions.push(String(report.tlsVersion));
          }
        }
      }
      return versions;
    },

    async protocols() {
      const found: string[] = [];
      for (const connection of connections) {
        if (connection.connectionState !== 'connected') {
          continue;
        }
        const reports = await connection.getStats();
        for (const report of reports.values()) {
          if (report.type === 'transport') {
            const pair = reports.get(report.selectedCandidatePairId);
            found.push(String(reports.get(pair?.remoteCandidateId)?.protocol));
          }
        }
      }
      return found;
    },

    firstSound() {
      const samples = new Float32Array(512);
      return new Promise((resolve) => {
        const timer = setInterval(async () => {
          for (const stream of audible()) {
            const analyser = await analyserOf(stream);
            analyser.getFloatTimeDomainData(samples);
            if (samples.some((sample) => Math.abs(sample) > 0.01)) {
              clearInterval(timer);
              resolve(performance.timeOrigin + performance.now());
              return;
            }
          }
        }, 4);
      });
    },
  };
}
