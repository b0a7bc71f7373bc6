/**
 * The controller as a program: joins the stages, starts them in the order of the data flow, and says how they are.
 *
 * <p>In: settings. Out: a running controller, its health and its metrics. It decides nothing; no stage knows it.
 */
@NullMarked
package io.mesosiam.controller;

import org.jspecify.annotations.NullMarked;
