/** Experts over other people's models and libraries; one package for each technology. */
@NullMarked
package io.consilium.adapters;

import org.jspecify.annotations.NullMarked;
