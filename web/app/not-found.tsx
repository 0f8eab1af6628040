import { ButtonLink } from "@/shared/ui/button";
import { Empty } from "@/shared/ui/states";

export default function NotFound(): React.ReactElement {
  return (
    <Empty title="There is no such page" action={<ButtonLink href="/">To Home</ButtonLink>}>
      The address may be mistyped, or the page has moved.
    </Empty>
  );
}
