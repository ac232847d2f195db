/**
 * The way from {@code java -jar} into the program, made short: {@link
 * io.torrentstream.launch.Launcher} begins, and the program's classes come through a class loader
 * that costs less at start than Java's own. The program knows nothing of it.
 */
package io.torrentstream.launch;
