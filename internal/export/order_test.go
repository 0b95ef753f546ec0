package export

// ImportOrder lets tests make a record of each type that comes back.
var ImportOrder = order
