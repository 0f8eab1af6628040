export { candleOptions, chartLibrary, chartOptions, type Library } from "./candles";
export { Curve, type Line } from "./curve";
export { ChartFrame } from "./frame";
export { ChartNotice } from "./notice";
export { useColours, type Colours } from "./theme";
