/** What comes from elsewhere cannot turn the order of what is read: it is shown as what it is. */
import { options, type VNode } from "preact";
import { visibleLines } from "../http/client/index.ts";

const SAID = ["title", "aria-label"] as const;

/** From now on every text of every element. What a control holds is the user's own. */
export function showTextsSafely(): void {
  const { vnode: before } = options;
  options.vnode = (vnode) => {
    if (typeof vnode.type === "string") makeSafe(vnode);
    before?.(vnode);
  };
}

function makeSafe({ props }: VNode<Record<string, unknown>>): void {
  const { children } = props;
  if (typeof children === "string") props.children = visibleLines(children);
  else if (Array.isArray(children) && children.some((each) => typeof each === "string")) {
    props.children = children.map((each) => (typeof each === "string" ? visibleLines(each) : each));
  }
  for (const name of SAID) {
    const said = props[name];
    if (typeof said === "string") props[name] = visibleLines(said);
  }
}
