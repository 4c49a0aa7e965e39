/** Tests of the documents expert. */
@NullMarked
package io.consilium.adapters.documents;

import org.jspecify.annotations.NullMarked;
