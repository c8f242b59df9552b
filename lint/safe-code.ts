/**
 * Rules for the linter: code that would be a security hole. Built-in rules cover the rest; see .oxlintrc.json.
 * test/lint/safe-code.test.ts shows that each of them refuses what it should.
 */

interface Node {
  type: string;
}
interface Identifier extends Node {
  name: string;
}
interface Call extends Node {
  callee: Node;
  arguments: Node[];
}
interface Member extends Node {
  object: Node;
  property: Node;
  computed: boolean;
}
interface Binary extends Node {
  operator: string;
  left: Node;
  right: Node;
}

interface Context {
  report(problem: { message: string; node: unknown }): void;
}

/** SHA-256 is the only hash, also inside HMAC and HKDF. */
const hashes = {
  create: (context: Context) => ({
    CallExpression(node: Call) {
      if (node.callee.type !== 'Identifier') return;
      if (
        !/^(hash|createHash|createHmac|hkdf|hkdfSync|pbkdf2|pbkdf2Sync)$/.test(nameOf(node.callee))
      )
        return;
      const [algorithm] = node.arguments;
      if (textOf(algorithm) !== 'sha256') context.report({ message: 'Use sha256.', node });
    },
  }),
};

/** `===` takes longer the more of a secret is right. timingSafeEqual does not. */
const secretComparison = {
  create: (context: Context) => ({
    BinaryExpression(node: Binary) {
      if (!/^[!=]==?$/.test(node.operator)) return;
      const sides = [node.left, node.right];
      if (sides.some((side) => nameOf(side) === 'undefined' || side.type === 'Literal')) return;
      if (sides.some((side) => /(signature|secret|token|digest)$/i.test(nameOf(side)))) {
        context.report({ message: 'Compare secrets with timingSafeEqual.', node });
      }
    },
  }),
};

/** The certificate of the other side is always checked. */
const certificates = {
  create: (context: Context) => ({
    Property(node: { key: Node }) {
      if (nameOf(node.key) === 'rejectUnauthorized') {
        context.report({ message: 'Do not switch off the check of certificates.', node });
      }
    },
  }),
};

const MARKUP =
  /^(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|write|writeln)$/;

/** Browser code writes text, never markup. */
const markup = {
  create: (context: Context) => ({
    MemberExpression(node: Member) {
      const name = nameOf(node.property);
      if (!MARKUP.test(name)) return;
      if (/^write(ln)?$/.test(name) && nameOf(node.object) !== 'document') return;
      context.report({ message: 'Write text or elements, never markup.', node });
    },
  }),
};

/** Markup with an id or a name can take the place of these properties. */
const namedAccess = {
  create: (context: Context) => ({
    MemberExpression(node: Member) {
      if (!/^(window|document|globalThis|self)$/.test(nameOf(node.object))) return;
      const isNamed = /^(forms|images|links|anchors|all)$/.test(nameOf(node.property));
      if (node.computed || isNamed) {
        context.report({ message: 'Find elements with a selector or an id.', node });
      }
    },
  }),
};

/** Browser code talks only to tabs of this site, through a BroadcastChannel. */
const messages = {
  create: (context: Context) => ({
    CallExpression(node: Call) {
      if (node.callee.type !== 'MemberExpression') return;
      const { object, property } = node.callee as Member;
      if (!/^(window|parent|opener|top|self)$/.test(nameOf(object))) return;
      const isSending = nameOf(property) === 'postMessage';
      const isListening =
        nameOf(property) === 'addEventListener' && textOf(node.arguments[0]) === 'message';
      if (isSending || isListening) {
        context.report({ message: 'Use a BroadcastChannel.', node });
      }
    },
  }),
};

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return (node as Identifier).name;
  if (node.type === 'MemberExpression') return nameOf((node as Member).property);
  return '';
}

function textOf(node: Node | undefined): unknown {
  return node?.type === 'Literal' ? (node as Node & { value: unknown }).value : undefined;
}

export default {
  meta: { name: 'safe' },
  rules: {
    hashes,
    'secret-comparison': secretComparison,
    certificates,
    markup,
    'named-access': namedAccess,
    messages,
  },
};
