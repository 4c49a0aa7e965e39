/**
 * All SQL: cards, decisions, feedback, outcomes and keys, on the embedded database or PostgreSQL.
 */
@NullMarked
package io.consilium.expert.jdbc;

import org.jspecify.annotations.NullMarked;
