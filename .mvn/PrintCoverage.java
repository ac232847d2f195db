import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints the line coverage in JaCoCo's CSV report, one line; run from source at the build's end. */
final class PrintCoverage {
  public static void main(String[] args) throws IOException {
    Path csv = Path.of(args[0]);
    if (!Files.exists(csv)) {
      return; // no test ran
    }
    List<String> rows = Files.readAllLines(csv);
    List<String> header = List.of(rows.get(0).split(","));
    long missed = sum(rows, header.indexOf("LINE_MISSED"));
    long covered = sum(rows, header.indexOf("LINE_COVERED"));
    double percent = 100.0 * covered / (missed + covered);
    System.out.printf(
        Locale.ROOT, "line coverage: %.1f %% (%d of %d)%n", percent, covered, missed + covered);
  }

  private static long sum(List<String> rows, int column) {
    return rows.stream().skip(1).mapToLong(row -> Long.parseLong(row.split(",")[column])).sum();
  }
}
