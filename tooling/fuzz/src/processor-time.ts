/** Milliseconds in which this process computed: how busy the machine is with other things does not count. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
