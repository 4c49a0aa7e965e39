// What experts say is nobody's code: it is shown as text. Only blocks of code are set apart.
export function Said(props: { text: string | null | undefined; none?: string }) {
  if (props.text === null || props.text === undefined) {
    return <p class="muted">{props.none ?? 'Its words were not recorded.'}</p>;
  }
  const parts = props.text.split(/^```.*$/m);
  return (
    <div class="said">
      {parts.map((part, i) => (i % 2 === 1 ? <pre key={i}>{part.replace(/^\n|\n$/g, '')}</pre> : <span key={i}>{part}</span>))}
    </div>
  );
}
