/**
 * An immutable map in the order of its keys. A change makes another map, which shares with this one
 * all but the path to the change; so it costs the logarithm of the size, and no copy is ever made.
 *
 * A weight-balanced tree. Libraries of such trees weigh more than all of the core, or change in place.
 */
export class SortedMap<K, V> {
  readonly #compare: (a: K, b: K) => number;
  readonly #root: Node<K, V> | undefined;

  private constructor(compare: (a: K, b: K) => number, root: Node<K, V> | undefined) {
    this.#compare = compare;
    this.#root = root;
  }

  /** @param compare tells two keys apart by more than 0 or less than 0. */
  static empty<K, V>(compare: (a: K, b: K) => number): SortedMap<K, V> {
    return new SortedMap<K, V>(compare, undefined);
  }

  get size(): number {
    return sizeOf(this.#root);
  }

  get(key: K): V | undefined {
    let node = this.#root;
    while (node) {
      const order = this.#compare(key, node.key);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  with(key: K, value: V): SortedMap<K, V> {
    return new SortedMap(this.#compare, put(this.#root, { key, value }, this.#compare));
  }

  without(key: K): SortedMap<K, V> {
    const root = remove(this.#root, key, this.#compare);
    return root === this.#root ? this : new SortedMap(this.#compare, root);
  }

  /** In the order of their keys. What is not asked for is not visited. */
  *entries(): Generator<readonly [K, V]> {
    const path: Node<K, V>[] = [];
    let node = this.#root;
    while (node || path.length > 0) {
      for (; node; node = node.left) path.push(node);
      const next = path.pop();
      if (!next) return;
      yield [next.key, next.value];
      node = next.right;
    }
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }
}

interface Pair<K, V> {
  readonly key: K;
  readonly value: V;
}

interface Node<K, V> extends Pair<K, V> {
  readonly left: Node<K, V> | undefined;
  readonly right: Node<K, V> | undefined;
  readonly size: number;
}

type Tree<K, V> = Node<K, V> | undefined;

/** One side of a node may be so many times as large as the other. */
const LOPSIDED = 3;
/** From here on, the inner grandchild of the larger side is what moves up. */
const INNER_HEAVY = 2;

function sizeOf(tree: { readonly size: number } | undefined): number {
  return tree?.size ?? 0;
}

function nodeOf<K, V>(left: Tree<K, V>, { key, value }: Pair<K, V>, right: Tree<K, V>): Node<K, V> {
  return { left, key, value, right, size: sizeOf(left) + sizeOf(right) + 1 };
}

function put<K, V>(
  tree: Tree<K, V>,
  pair: Pair<K, V>,
  compare: (a: K, b: K) => number,
): Node<K, V> {
  if (!tree) return nodeOf(undefined, pair, undefined);
  const order = compare(pair.key, tree.key);
  if (order === 0) return nodeOf(tree.left, pair, tree.right);
  return order < 0
    ? balanced(put(tree.left, pair, compare), tree, tree.right)
    : balanced(tree.left, tree, put(tree.right, pair, compare));
}

/** The very same tree if the key is not in it. */
function remove<K, V>(tree: Tree<K, V>, key: K, compare: (a: K, b: K) => number): Tree<K, V> {
  if (!tree) return undefined;
  const order = compare(key, tree.key);
  if (order === 0) return joined(tree.left, tree.right);
  if (order < 0) {
    const left = remove(tree.left, key, compare);
    return left === tree.left ? tree : balanced(left, tree, tree.right);
  }
  const right = remove(tree.right, key, compare);
  return right === tree.right ? tree : balanced(tree.left, tree, right);
}

/** Two trees of which one comes wholly before the other, and which were balanced with each other. */
function joined<K, V>(left: Tree<K, V>, right: Tree<K, V>): Tree<K, V> {
  if (!left) return right;
  if (!right) return left;
  const next = firstOf(right);
  return balanced(left, next, withoutFirst(right));
}

function firstOf<K, V>(tree: Node<K, V>): Node<K, V> {
  let node = tree;
  while (node.left) node = node.left;
  return node;
}

function withoutFirst<K, V>(tree: Node<K, V>): Tree<K, V> {
  return tree.left ? balanced(withoutFirst(tree.left), tree, tree.right) : tree.right;
}

/** A node whose sides were balanced before one of them changed by one. */
function balanced<K, V>(left: Tree<K, V>, pair: Pair<K, V>, right: Tree<K, V>): Node<K, V> {
  const [lefts, rights] = [sizeOf(left), sizeOf(right)];
  if (lefts + rights > 1) {
    if (right && rights > LOPSIDED * lefts) return leaningLeft(left, pair, right);
    if (left && lefts > LOPSIDED * rights) return leaningRight(left, pair, right);
  }
  return nodeOf(left, pair, right);
}

function leaningLeft<K, V>(left: Tree<K, V>, pair: Pair<K, V>, right: Node<K, V>): Node<K, V> {
  const { left: inner, right: outer } = right;
  if (!inner || inner.size < INNER_HEAVY * sizeOf(outer)) {
    return nodeOf(nodeOf(left, pair, inner), right, outer);
  }
  return nodeOf(nodeOf(left, pair, inner.left), inner, nodeOf(inner.right, right, outer));
}

function leaningRight<K, V>(left: Node<K, V>, pair: Pair<K, V>, right: Tree<K, V>): Node<K, V> {
  const { left: outer, right: inner } = left;
  if (!inner || inner.size < INNER_HEAVY * sizeOf(outer)) {
    return nodeOf(outer, left, nodeOf(inner, pair, right));
  }
  return nodeOf(nodeOf(outer, left, inner.left), inner, nodeOf(inner.right, pair, right));
}
