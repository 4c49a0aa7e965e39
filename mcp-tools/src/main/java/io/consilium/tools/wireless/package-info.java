/**
 * Detectors of a radio channel's properties: small classifiers of channel samples, trained on
 * simulated channels, served over MCP by a server of their own and as classifier experts.
 */
@NullMarked
package io.consilium.tools.wireless;

import org.jspecify.annotations.NullMarked;
