/** Resolves and seals the secrets of experts. */
@NullMarked
package io.consilium.expert.secret;

import org.jspecify.annotations.NullMarked;
