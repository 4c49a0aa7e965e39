/** What the documents say, held against the code. */
@NullMarked
package io.consilium.orchestrator.docs;

import org.jspecify.annotations.NullMarked;
