/** A media node goes while people talk, and another is there: they go on talking. */
import { type Koeba, startKoeba } from '../support/koeba.ts';
import { Person } from '../support/person.ts';
import { expect, test } from '../support/test.ts';
import { writeTone } from '../support/tone.ts';

const A4 = 440;
const E5 = 660;
const PATIENCE_MS = 15_000;

interface Node {
  pid: number;
  signal: string;
}

for (const [word, how] of [
  ['is told to end', 'SIGTERM'],
  ['is killed in the middle of a word', 'SIGKILL'],
] as const) {
  test(`when a media node ${word}, everybody goes on talking on another`, async () => {
    const koeba = await startKoeba('--media-nodes', '2');
    const people: Person[] = [];
    try {
      const aoi = await talker(koeba, 'Aoi', A4);
      const ren = await talker(koeba, 'Ren', E5);
      people.push(aoi, ren);
      await aoi.signUp();
      await aoi.createWorkspace('Two nodes');
      await aoi.createRoom('Lobby');
      await ren.signUp();
      await aoi.invite(ren);
      await ren.acceptInvitation();
      await aoi.join('Lobby');
      await ren.join('Lobby');
      await aoi.expectToHear(E5);
      await ren.expectToHear(A4);

      const nodes = koeba.ready.nodes ?? [];
      const [holder, other] = await inOrder(nodes);
      process.kill(holder.pid, how);
      await expect
        .poll(() => counted(other, 'participants_restored_total'), { timeout: PATIENCE_MS })
        .toBe(2);
      await aoi.expectToHear(E5);
      await ren.expectToHear(A4);
      expect(await counted(other, 'participants')).toBe(2);
      await expect(aoi.occupants('Lobby')).toHaveCount(2);
      await expect(ren.occupants('Lobby')).toHaveCount(2);
    } finally {
      await Promise.all(people.map((person) => person.close()));
      await koeba.stop();
    }
  });
}

async function talker(koeba: Koeba, name: string, hertz: number): Promise<Person> {
  return Person.arrive(koeba.ready.app, name, {
    microphone: { allowed: true, file: await writeTone(hertz) },
  });
}

/** The node that holds the room, and another. */
async function inOrder(nodes: readonly Node[]): Promise<[Node, Node]> {
  const [one, two] = nodes;
  if (!one || !two) {
    throw new Error('two nodes were asked for');
  }
  return (await counted(one, 'participants')) > 0 ? [one, two] : [two, one];
}

async function counted(node: Node, name: string): Promise<number> {
  const answer = await fetch(`http://${node.signal}/metrics`);
  const line = (await answer.text()).split('\n').find((one) => one.startsWith(`koeba_node_${name} `));
  return Number(line?.split(' ')[1]);
}
