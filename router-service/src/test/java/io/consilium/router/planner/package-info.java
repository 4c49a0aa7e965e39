@org.jspecify.annotations.NullMarked
package io.consilium.router.planner;
