import { readFileSync, readdirSync } from 'node:fs';

/** Ticks of the kernel's accounting: 100 a second wherever Node runs on Linux. */
const ticksPerSecond = 100;

/** Fields of /proc/<pid>/stat from `state` (index 0) on; undefined when there is no such process. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
}

/** CPU seconds of a process; NaN where /proc does not say. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / ticksPerSecond : NaN;
}

/** CPU seconds of a process, its children, and those of its children that ended: a database with its sessions. */
export function familyCpuSeconds(pid: number): number {
  const parent = statOf(pid);
  if (!parent) return NaN;
  let ticks = parent.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  for (const entry of readdirSync('/proc')) {
    const fields = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (fields && Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / ticksPerSecond;
}

/** Resident memory of a process in MB; NaN where /proc does not say. */
export function residentMegabytes(pid: number): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line ? Number(line[1]) / 1024 : NaN;
  } catch {
    return NaN;
  }
}
