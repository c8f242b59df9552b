import { isDeepStrictEqual } from 'node:util';

/** One operation as its client saw it. */
export interface Operation<Input, Output> {
  input: Input;
  output: Output;
  /**
   * Its place in the order that the store claims. A read has the place of the write that it saw. Null for a write that
   * was answered only when it was repeated: it took effect once, at an unknown time before the answer.
   */
  version: number | null;
  writes: boolean;
  /** When the question was sent and when the answer arrived, by one clock for all clients. */
  sent: number;
  answered: number;
}

/** What a single thread would do: the new state and the answer. */
export type Model<State, Input, Output> = (
  state: State,
  input: Input,
) => { state: State; output: Output };

/**
 * Checks whether a history is linearizable. It is when all operations have one order in which (1) each answers what a
 * single thread would have answered, and (2) an operation that was answered before another one was sent comes before it
 * (Herlihy and Wing, 1990). In general it is hard to find such an order. Here each answer contains the version of the
 * state that it saw, so only one order of the writes can explain the answers: that of the versions, with each read right
 * after the write that it saw. So it is enough to check (1) and (2) for this order. A composition is linearizable
 * exactly when each of its parts is (their theorem 1), so a state that passes is linearizable part by part.
 *
 * @returns null, or a text that says what contradicts it
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
  // Reads of one version change nothing, so their order among each other does not matter.
  const ordered = sure.toSorted(
    (a, b) => a.version - b.version || Number(b.writes) - Number(a.writes) || a.sent - b.sent,
  );
  return wrongAnswer(ordered, unsure, initial, model) ?? wrongTime(ordered);
}

/**
 * Walks through the versions. Each write has its own version. For a version that is missing, the writes without a
 * version are tried one by one, as in the search of Wing and Gong. What was tried without success is remembered.
 */
function wrongAnswer<State, Input, Output>(
  ordered: readonly (Operation<Input, Output> & { version: number })[],
  unsure: readonly Operation<Input, Output>[],
  initial: { state: State; version: number },
  model: Model<State, Input, Output>,
): string | null {
  const withoutSuccess = new Map<string, State[]>();

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
    const tried = withoutSuccess.get(place) ?? [];
    if (tried.some((other) => isDeepStrictEqual(other, state))) return wrong;
    for (const operation of left) {
      const others = left.filter((other) => other !== operation);
      const next = { state: model(state, operation.input).state, version: version + 1 };
      const found = walk(at, next, others);
      if (found === null) return null;
      wrong = found;
    }
    withoutSuccess.set(place, [...tried, state]);
    return wrong;
  }

  return walk(0, initial, unsure);
}

/** Walks from the end: an operation must not come before one that was answered when it was sent. */
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
