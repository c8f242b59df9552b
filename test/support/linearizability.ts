import { isDeepStrictEqual } from 'node:util';

/** One operation as its client saw it. */
export interface Operation<Input, Output> {
  input: Input;
  output: Output;
  /**
   * Its place in the order that the store claims for it; reads share the place of what they saw. Null for
   * a write that was answered only when it was repeated: it took effect once, somewhere before that.
   */
  version: number | null;
  writes: boolean;
  /** By one clock for all clients: when the question was sent, and when the answer had come. */
  sent: number;
  answered: number;
}

/** What one thread alone would do: the new state, and the answer. */
export type Model<State, Input, Output> = (
  state: State,
  input: Input,
) => { state: State; output: Output };

/**
 * Is this history linearizable? It is when there is one order of all operations such that (1) each
 * answers what a single thread would have answered in that order, and (2) whatever was answered before
 * another was sent comes before it (Herlihy and Wing, 1990). To find such an order among all is hard in
 * general. Here each answer carries the version of the cart that it saw, so that only one order of the
 * writes can explain the answers: that of the versions, each read right after the write that it saw. So it suffices to check
 * (1) and (2) for this order; and as a composition is linearizable exactly when each of its parts is
 * (their theorem 1), a cart that passes is linearizable line by line.
 *
 * @returns null, or what contradicts it
 */
export function contradiction<State, Input, Output>(
  history: readonly Operation<Input, Output>[],
  initial: { state: State; version: number },
  model: Model<State, Input, Output>,
): string | null {
  const unsure = history.filter(({ version }) => version === null);
  const sure = history.flatMap((operation) =>
    operation.version === null ? [] : [{ ...operation, version: operation.version }],
  );
  // Reads of one version change nothing, so among them the order in which they were sent is as good as any.
  const ordered = sure.toSorted(
    (a, b) => a.version - b.version || Number(b.writes) - Number(a.writes) || a.sent - b.sent,
  );
  return wrongAnswer(ordered, unsure, initial, model) ?? wrongTime(ordered);
}

/**
 * Walks through the versions. Each write has one of its own; where one is missing, the writes without a
 * version are tried in its place (as in Wing and Gong's search, remembering what was tried in vain).
 */
function wrongAnswer<State, Input, Output>(
  ordered: readonly (Operation<Input, Output> & { version: number })[],
  unsure: readonly Operation<Input, Output>[],
  initial: { state: State; version: number },
  model: Model<State, Input, Output>,
): string | null {
  const inVain = new Map<string, State[]>();

  function walk(from: number, { state, version }: typeof initial, left: typeof unsure) {
    for (let at = from; at < ordered.length; at += 1) {
      const operation = ordered[at]!;
      if (operation.version > version + Number(operation.writes)) {
        return fill(at, { state, version }, left);
      }
      if (operation.writes) version += 1;
      if (operation.version !== version) {
        return `after ${describe({ version })} comes ${describe(operation)}`;
      }
      const step = model(state, operation.input);
      if (!isDeepStrictEqual(operation.output, step.output)) {
        return `${describe(operation)} should have answered ${JSON.stringify(step.output)}`;
      }
      state = step.state;
    }
    return left.length > 0 ? `no version is left for ${describe(left[0]!)}` : null;
  }

  function fill(at: number, { state, version }: typeof initial, left: typeof unsure) {
    const place = `${version}: ${left.map((operation) => unsure.indexOf(operation)).join()}`;
    let wrong = `after ${describe({ version })} comes ${describe(ordered[at]!)}`;
    const tried = inVain.get(place) ?? [];
    if (tried.some((other) => isDeepStrictEqual(other, state))) return wrong;
    for (const operation of left) {
      const others = left.filter((other) => other !== operation);
      const next = { state: model(state, operation.input).state, version: version + 1 };
      const found = walk(at, next, others);
      if (found === null) return null;
      wrong = found;
    }
    inVain.set(place, [...tried, state]);
    return wrong;
  }

  return walk(0, initial, unsure);
}

/** From the end: whatever is sent must not come in the order before something that was answered by then. */
function wrongTime(ordered: readonly Operation<unknown, unknown>[]): string | null {
  let earliest: Operation<unknown, unknown> | undefined;
  for (const operation of ordered.toReversed()) {
    if (earliest && earliest.answered < operation.sent) {
      return `${describe(earliest)} was answered before ${describe(operation)} was sent`;
    }
    if (!earliest || operation.answered < earliest.answered) earliest = operation;
  }
  return null;
}

function describe(operation: object): string {
  return JSON.stringify(operation);
}
