// Compare measures ticaga-mock beside other mock servers, for docs/comparison.md:
//
//	go run ./cmd/compare -program bin/ticaga-mock -tools bin/compare
//
// Every tool answers the same requests, in turn GET /api/customers/get/8 and POST /api/customers/assign with a form: Prism
// and Mockoon from openapi.yaml, WireMock from stubs, and a bare handler of net/http, which is this program again, from
// nothing. In each round the tools take turns, so that what else the machine does hits them all.
// It prints a table in Markdown: the ratios to ticaga-mock in the same round, their median and range. Ratios
// below 1 are less than ticaga-mock needs, or fewer requests than it answers. It needs Linux, Node.js and Java.
package main

import (
	"flag"
	"fmt"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
)

// figures are what one run of a tool gives.
type figures struct {
	start    float64 // seconds from the start of the process to its first answer
	requests float64 // a second
	p99      float64 // seconds
	memory   float64 // bytes, of the process and its children, after the load
}

// columns is how many figures a row of the table has.
const columns = 4

// row returns the figures in the order of the table.
func (f figures) row() [columns]float64 {
	return [columns]float64{f.start, f.requests, f.p99, f.memory}
}

func main() {
	program := flag.String("program", "bin/ticaga-mock", "the `program` to compare with")
	folder := flag.String("tools", "bin/compare", "the `folder` into which make compare has installed the others")
	rounds := flag.Int("rounds", 5, "how `often` each tool is started and measured")
	load := flag.Duration("load", 3*time.Second, "how `long` each tool is asked in a round")
	clients := flag.Int("clients", 4, "how many `clients` ask at the same time")
	bare := flag.String("bare", "", "only serve the bare handler at this `address`")
	flag.Parse()
	if *bare != "" {
		fmt.Fprintln(os.Stderr, "compare:", http.ListenAndServe(*bare, http.HandlerFunc(answer)))
		os.Exit(1)
	}
	if err := compare(*program, *folder, *rounds, *clients, *load); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// compare measures every tool in every round, and prints the table.
func compare(program, folder string, rounds, clients int, load time.Duration) error {
	all, err := tools(program, folder)
	if err != nil {
		return err
	}
	ratios := make([][columns][]float64, len(all)) // by tool, column and round
	for round := range rounds {
		var base [columns]float64
		for i, t := range all {
			f, err := t.measure(clients, load)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			fmt.Fprintf(os.Stderr, "round %d: %-12s start %.2fs, %.0f requests/s, p99 %.2fms, %.0f MiB\n",
				round+1, t.name, f.start, f.requests, f.p99*1000, f.memory/(1<<20))
			if i == 0 {
				base = f.row()
			}
			for c, value := range f.row() {
				ratios[i][c] = append(ratios[i][c], value/base[c])
			}
		}
	}
	fmt.Println("| | start | requests a second | p99 | memory |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	for i, t := range all {
		fmt.Printf("| %s |", t.name)
		for _, column := range ratios[i] {
			fmt.Printf(" %s |", shown(column))
		}
		fmt.Println()
	}
	return nil
}

// shown returns the median and the range of ratios.
func shown(ratios []float64) string {
	slices.Sort(ratios)
	low, high := ratios[0], ratios[len(ratios)-1]
	if low == 1 && high == 1 {
		return "1"
	}
	return number(ratios[len(ratios)/2]) + " (" + number(low) + " to " + number(high) + ")"
}

// number writes a ratio with two digits that count.
func number(ratio float64) string {
	if ratio >= 100 {
		return strconv.Itoa(10 * int(math.Round(ratio/10)))
	}
	return strconv.FormatFloat(ratio, 'g', 2, 64)
}
