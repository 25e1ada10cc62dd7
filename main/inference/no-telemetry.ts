/*
 * Import before onnxruntime. From 1.30 on its builds for Linux and macOS send usage events to their maker and keep an
 * identifier of the machine, unless this is set when the library is loaded; later versions read the second name
 * (onnxruntime pull requests 27379 and 29843). Nothing of Systola's is sent anywhere.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
process.env['ORT_TELEMETRY_DISABLED'] = '1';
