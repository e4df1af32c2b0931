export const en = {
  reading: {
    run: 'Run these lines',
    loading: 'Loading…',
    failed: 'It could not be run:',
    back: 'One back',
    forth: 'One on',
    play: 'Play',
    pause: 'Pause',
    position: 'How far the pass has come',
    nothing: 'Nothing has run yet. Press → and follow the marked line.',
    call: (call: number, of: number): string => `call ${call} of ${of}`,
    change: 'Change the numbers it began with',
    reset: 'As they were',
  },
  lstm: {
    title: 'An LSTM of three cells, unrolled over four steps',
    forward: 'Forward',
    backward: 'Backward',
    stepBack: 'One step back in time',
    stepForth: 'One step on in time',
    all: 'All steps',
    word: (t: number): string => `The word at step ${t}`,
    forgetBias: 'Added to the forget gates before they are squashed',
    row: {
      f: 'f, what stays',
      g: 'g, what is new',
      i: 'i, how much of it',
      o: 'o, what shows',
      c: 'c, the cell',
      h: 'h, the state',
      dh: 'dh, arrives at h',
      df: 'at f',
      dg: 'at g',
      di: 'at i',
      do: 'at o',
      dc: 'dc, goes on back',
    },
    pick: 'Pick a number to see how it came to be.',
    backwardNote:
      'The loss is the sum of the last h. Each number says how that sum would change if the one in its place grew.',
    before: 'c before',
  },
  graph: {
    forward: 'The way of the numbers through one step of an LSTM',
    backward: 'The way of the gradient back through one step of an LSTM',
  },
  grid: {
    value: (name: string, row: string, column: string): string => `${name}, ${row}, ${column}`,
    row: 'row',
    column: 'column',
  },
  lab: {
    textFile: '/text/en.txt',
    landing: 'An LSTM learns the text of this site, in this tab. Nothing leaves your machine.',
    start: 'Train a model now',
    goOn: 'Go on',
    pause: 'Pause',
    status: (step: number, of: number, speed: number | undefined): string =>
      `step ${step.toLocaleString('en')} of ${of.toLocaleString('en')}${speed ? `, ${Math.round(speed).toLocaleString('en')} characters a second` : ''}`,
    writes: 'What it writes by now',
    soon: '…',
    turns:
      'Where the orange curve, of text that it does not train on, turns up again, it has begun to learn by heart.',
    done: 'That was all of it.',
    playground: '/playground',
    ownText: 'Train one on your own text',
    trainLoss: 'training',
    validLoss: 'validation',
    step: 'step',
    loss: 'loss, nats',
    perplexity: 'perplexity',
    curves: { loss: 'loss, nats', perplexity: 'perplexity', gradNorm: 'norm of the gradient' },
    chart: 'over the steps of training',
  },
  playground: {
    text: 'Your text',
    paste: 'Paste a text of some thousand characters: a book, a diary, code, verses.',
    file: 'Choose a file…',
    sample: "This site's own text",
    length: (length: number): string => `${length.toLocaleString('en')} characters`,
    tooLarge: (name: string, size: number, most: number): string =>
      `${name}: expected at most ${most} MB, got ${size.toFixed(0)}; train on it with the command unroll.`,
    tooLong: (length: number, most: number): string =>
      `Expected at most ${most.toLocaleString('en')} characters, got ${length.toLocaleString('en')}; train on it with the command unroll.`,
    clear: 'Clear',
    notText: (name: string): string =>
      `${name}: expected text in UTF-8, got something else; save it as UTF-8 first.`,
    settings: 'The model and its training',
    names: {
      tokenizer: 'tokens',
      cell: 'cell',
      optimizer: 'optimizer',
      layers: 'layers',
      wordvecSize: 'D, vectors',
      hiddenSize: 'H, hidden units',
      batchSize: 'N, streams',
      timeSize: 'T, time steps',
      lr: 'learning rate',
      maxGrad: 'clip at (0: never)',
      dropout: 'dropout',
      steps: 'steps',
      seed: 'seed',
    },
    choices: {
      char: 'characters',
      word: 'words',
      lstm: 'LSTM',
      gru: 'GRU',
      rnn: 'RNN',
      adamw: 'AdamW',
      sgd: 'SGD',
    },
    range: (least: number, most: number, whole: boolean): string =>
      `Expected a ${whole ? 'whole ' : ''}number from ${least} to ${most.toLocaleString('en')}`,
    train: 'Train',
    step: 'One step',
    reset: 'Reset',
    modelFolder: '/models/en',
    begin: 'Try a small model that has read this site',
    more: (steps: number): string => `${steps.toLocaleString('en')} steps more`,
    discard: (step: number): string =>
      `The model that you have here, with its ${step.toLocaleString('en')} steps, will be gone. Go on?`,
    settingsHint: 'They stand in the address, so that you can share them. What to choose:',
    settingsOfModel:
      'They belong to the model that is there, but for the steps, of which there can be more; Reset for another one.',
    sizes: '/guides/sizes',
    sizesName: 'sizes',
    curve: 'Curve',
    measure: 'Measure',
    measured: (loss: number, predictions: number, held: boolean, isWhole: boolean): string =>
      `Over ${isWhole ? `every one of ${predictions.toLocaleString('en')}` : `the first ${predictions.toLocaleString('en')}`} predictions of the text${held ? ' that is held back' : ''}: loss ${loss.toFixed(4)}, perplexity ${Math.exp(loss).toPrecision(4)}.`,
    speed: 'tokens a second',
    facts: (
      facts: {
        tokens: number;
        validTokens: number;
        vocabSize: number;
        parameters: number;
        stepsPerEpoch: number;
        threads: number;
      },
      lnV: number,
    ): string =>
      `${facts.tokens === 0 ? 'No text yet: give it one to train it on' : `${facts.tokens.toLocaleString('en')} tokens, ${facts.validTokens.toLocaleString('en')} of them held back to validate on`}; ${facts.vocabSize.toLocaleString('en')} different ones, so that guessing costs ln V = ${lnV.toFixed(2)}; ${facts.parameters.toLocaleString('en')} parameters; ${facts.tokens === 0 ? '' : `${facts.stepsPerEpoch.toLocaleString('en')} steps an epoch; `}${facts.threads === 1 ? 'one thread' : `${facts.threads} threads`}.`,
    stays:
      'Text and model stay in this browser, which keeps them over a reload. Training goes on while you read other pages, and ends with the tab.',
    writes: 'It writes',
    prompt: 'Begin with …',
    write: 'Write',
    next: 'What it expects next',
    type: 'Type something from your text',
    influence: (token: string): string =>
      `What made it expect “${token}”: the more orange, the more the prediction hangs on it.`,
    influenceName: 'How much each token mattered for the prediction',
    hidden: 'Inside',
    unit: 'hidden unit',
    unitName: (unit: number): string => `Hidden unit ${unit} over the end of the text`,
    lookAgain: 'Look again',
    map: 'All hidden units, down, over the text, across',
    hiddenNote:
      'The end of your text, coloured by one hidden unit; below, all of them. Some units come to mean something: where a word ends, whether a bracket is open.',
    folder: 'The model as a folder',
    download: 'Download',
    load: 'Load a model…',
    folderNote:
      'Unpack it, and the command unroll writes with it, measures it, and trains it further (--weights). A folder that unroll has trained can be loaded here, as a zip or as its files.',
    back: (step: number): string =>
      `The model is again what it was at step ${step.toLocaleString('en')}. To train with other settings, Reset; text and settings stay.`,
    unreadable: (reason: string): string =>
      `The model that this browser has kept cannot be read (${reason}). Its text is here if it was whole; train a new model, or Reset.`,
    asked: 'This is the model that you have here; the address asks for one with other settings.',
    takeAsked: 'Make that one instead',
    notKept: {
      refused: 'This browser does not keep the model: it is gone with the tab, unless you download it.',
      'another-tab':
        'Another tab is training and keeps its model; this one is gone with its tab, unless you download it.',
    },
    loaded: 'The model is here. Its steps are counted from now on.',
    unknownText:
      'The model is here. Your text is too short for it, or has tokens that it does not know: it can write, and be trained on another text.',
    badge: (step: number): string => `training, step ${step.toLocaleString('en')}`,
  },
  bench: {
    run: 'Measure this browser',
    running: 'Measuring…',
    backend: 'backend',
    product: 'a large product',
    step: 'the same training step',
  },
  example: {
    run: 'Run',
    stop: 'Stop',
    edit: 'Edit',
    undo: 'As it was',
    code: 'The example, to be changed',
    output: 'What it prints',
    ran: (ms: number): string =>
      `It has just run here: ${Math.max(1, Math.round(ms)).toLocaleString('en')} ms.`,
    tooLong: 'It ran for a minute and was stopped.',
    tooMuch: 'It printed more than anybody can read, and was stopped.',
    notLoaded: 'This could not be loaded; is the connection gone?',
  },
  distance: {
    title: 'How much of a gradient arrives, by how far it has come',
    x: 'steps back',
    y: 'norm of the gradient',
    scale: 'Size of the recurrent weights',
    forgetBias: 'Bias of the forget gates',
    other: 'Other weights',
    note: (steps: number, rnn: number, lstm: number): string =>
      `After ${steps} steps ${rnn.toExponential(1)} is left in the RNN, ${lstm.toExponential(1)} in the LSTM.`,
  },
  streams: {
    title: 'A text, read in blocks',
    text: 'the sun was low and the shadows were long when the old ship came home at last with salt on her sails and not a word was said',
    stream: (n: number): string => `stream ${n}`,
    next: 'Next block',
    again: 'From the beginning',
    N: 'Streams, N',
    T: 'Time steps, T',
    note: (block: number): string =>
      block === 0
        ? 'The first block. Each stream begins at its own place in the text, with a state of zeros.'
        : `Block ${block + 1}. Each stream goes on where it stopped, with the state that it had; the marked edges are where gradients stop.`,
  },
  blocks: {
    title: 'What next puts into its two arrays',
    length: 'Tokens, L',
    note: (block: number, stepsPerEpoch: number, position: number): string =>
      `Block ${block + 1}; an epoch has ${stepsPerEpoch === 1 ? 'one' : stepsPerEpoch}. Each stream has read ${position} token${position === 1 ? '' : 's'} by now.`,
  },
  cliff: {
    title: 'Down a landscape with a cliff',
    startW: 'Begin at w',
    startB: 'and b',
    maxGrad: 'Clipped at',
    lr: 'Learning rate',
    free: 'gradients as they are',
    clipped: 'gradients clipped',
    axes: (w: string, b: string): string =>
      `Across: the recurrent weight, ${w}. Up: the bias, ${b}. The more orange, the higher the loss.`,
    click: 'Click anywhere to begin there.',
    note: (norm: number, free: number, clipped: number): string =>
      `The steepest gradient on the way had a norm of ${norm.toPrecision(3)}. After 60 steps the loss is ${free.toPrecision(3)} with gradients as they are, ${clipped.toPrecision(3)} with clipped ones.`,
  },
  guess: {
    title: 'What a guess costs',
    before: 'the cat sat on the',
    words: ['mat', 'sofa', 'roof', 'moon', 'of', 'xylophone'],
    comes: (word: string): string => `${word} is the word that comes`,
    score: (word: string): string => `score of ${word}`,
    forget: 'Know nothing',
    note: (p: number, loss: number, perplexity: number, isWorse: boolean): string =>
      `p = ${p.toPrecision(3)}; loss −ln p = ${loss.toFixed(3)} nats; perplexity e^loss = ${perplexity.toFixed(2)}: as unsure as among ${perplexity.toFixed(1)} words that are all as likely${isWorse ? ', and worse than knowing nothing of them' : ''}.`,
  },
  sampling: {
    title: 'A thousand draws from the same scores',
    words: ['mat', 'sofa', 'floor', 'roof', 'table', 'moon', 'of', 'xylophone'],
    again: 'Draw again',
    note: (count: number, never: number): string =>
      never === 0
        ? `Of ${count} draws, each word had some.`
        : `Of ${count} draws, ${never} of the words had none.`,
  },
  tied: {
    title: 'One table, used twice',
    word: 'It reads word',
    next: 'and should expect',
    fromEmbedding: 'from reading',
    fromOutput: 'from scoring',
    together: 'dW, both',
    note: (word: number): string =>
      `Change a number of embed.W: affine.W, which gives the scores, is the same number, and the gradients change. Reading touches row ${word} alone, scoring every row.`,
  },
  masks: {
    title: 'What is dropped: pale cells are zero, the others grow to make up for them',
    kinds: {
      each: 'TimeDropout: another mask at every time step (down: time)',
      locked: 'LockedDropout: one mask for all steps of a block',
      words: 'TimeEmbeddingDropout: whole words, wherever they stand in the text',
      weights: 'WeightDrop: weights from state to gates',
    },
    ratio: 'Share that is dropped',
    next: 'Next block',
    note: (factor: number): string =>
      `What is left is multiplied by ${factor.toFixed(2)}, so that sums stay as large as before.`,
  },
  broken: {
    title: 'Cross out a line, and see it caught',
    line: (line: number): string => `leave out line ${line}`,
    gradient: 'gradient of',
    error: 'greatest relative error',
    right: 'right',
    wrong: 'wrong',
    whole:
      'All lines are run: every gradient agrees with central differences in float64 to better than one in a million.',
    found: (count: number): string =>
      count === 0
        ? 'No gradient is wrong without these lines.'
        : count === 1
          ? 'One gradient is wrong.'
          : `${count} gradients are wrong.`,
  },
};
