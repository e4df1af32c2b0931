"""What the Python peers share: reading a config and its weights, timing the steps, and the one line of JSON."""

import json
import os
import sys
import time
import traceback

name = version = None


def begin(peer):
    """The config. To be called before NumPy or PyTorch is imported, as their BLAS reads its threads then."""
    global name
    name = peer
    sys.excepthook = report_error
    with open(sys.argv[1]) as file:
        config = json.load(file)
    # Threads that wait in a loop stop each other for long wherever another process wants a core.
    os.environ.setdefault('OMP_WAIT_POLICY', 'passive')
    if config.get('threads'):
        os.environ['OPENBLAS_NUM_THREADS'] = os.environ['OMP_NUM_THREADS'] = str(config['threads'])
    return config


def run(config, peer_version, build, threads):
    """Trains and prints. `build` takes the weights by name and returns a step from (xs, ts) to the loss."""
    global version
    version = peer_version
    tensors, blocks = read_weights(config['weights'])
    start = time.perf_counter()
    step = build(tensors)
    setup = time.perf_counter() - start
    losses, times = [], []

    def measure(index):
        before = time.perf_counter()
        loss = step(*blocks[index % len(blocks)])
        times.append((time.perf_counter() - before) * 1000)
        return float(loss)

    def late():
        return time.perf_counter() - start > config['maxSeconds']

    while len(losses) < config['steps']:
        losses.append(measure(len(losses)))
        if len(losses) == 1 and late():
            break
    while len(times) < config['steps'] + config['timed'] and not late():
        measure(len(times))
    print_line(
        threads=threads,
        losses=losses,
        firstSteps=times[: len(losses)],
        times=times[len(losses) :],
        setupMs=setup * 1000,
        peakRss=peak_rss(),
        blas=blas(),
    )


def read_weights(folder):
    import numpy as np

    with open(os.path.join(folder, 'manifest.json')) as file:
        manifest = json.load(file)

    def read(entry, dtype):
        return np.fromfile(os.path.join(folder, entry['file']), dtype).reshape(entry['shape'])

    blocks = read(manifest.pop('ids'), '<i4')
    return {key: read(entry, '<f4') for key, entry in manifest.items()}, blocks


def blas():
    """The BLAS libraries that this process has loaded, by folder and file."""
    with open('/proc/self/maps') as maps:
        paths = {line.split()[-1] for line in maps if 'blas' in line}
    return ', '.join(sorted('/'.join(path.split('/')[-2:]) for path in paths))


def peak_rss():
    """In bytes. Not ru_maxrss: a process takes that over from the one that started it, and keeps it if it is larger."""
    with open('/proc/self/status') as status:
        (line,) = (line for line in status if line.startswith('VmHWM:'))
    return int(line.split()[1]) * 1024


def report_error(kind, error, trace):
    traceback.print_exception(kind, error, trace)
    print_line(error=(str(error) or kind.__name__).splitlines()[0])
    os._exit(0)  # a peer that cannot do it has still answered


def print_line(**fields):
    print(json.dumps({'name': name, 'version': version, **fields}), flush=True)
