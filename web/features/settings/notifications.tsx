export function Notifications(): null { return null; }
